"""Beside the editor: the document as JSON, templates by trade, the calculator of thresholds."""
