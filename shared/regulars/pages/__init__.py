"""The pages people see, by audience: a page is a folder with its view, routes, template and script.

What a page does is done by `actions`; how it is drawn by `render`. Called by the functions alone.
"""
