"""From a draft to what members see: the preview, publishing, versions, the way back."""
