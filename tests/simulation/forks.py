"""x"""
def same_ever_after(run): pass
