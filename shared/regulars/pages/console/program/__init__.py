"""The programme editor: every part of the document as sentences with fields in them.

`kinds` reads from the models what can be typed, `sentences` and `choices` are the words, `forms`
turns a part of the document into texts and back; what a form leaves untouched stays as it was.
"""
