"""What a guest agrees to, in the words beside the box: they are kept with the consent."""

from __future__ import annotations

from regulars.i18n.words import Words


def sentences(words: Words) -> dict[str, str]:
    """Return the sentence of each channel, in the reader's language."""
    return {
        "email": words.t("Write to me by e-mail about my card and offers"),
        "sms": words.t("Write to me by SMS about my card and offers"),
    }
