"""The headers of every answer: one set, to which a page adds what it needs."""

from __future__ import annotations

from typing import Final

BASE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def of_page(style_hashes: tuple[str, ...], *, camera: bool) -> dict[str, str]:
    """Return the headers of an HTML page: ours only, nothing inline but its own style.

    `style_hashes` are CSP sources such as "sha256-…" (base64) of its <style> elements.
    """
    hashes = " ".join(f"'{source}'" for source in style_hashes)
    policy = (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' {hashes}; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    allowed = "camera=(self)" if camera else "camera=()"
    return {
        **BASE,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Permissions-Policy": f"{allowed}, geolocation=(), microphone=()",
    }


OF_WORKER = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'",
}
"""Those of a worker's script: browsers look for it again each time, and it fetches from us."""

OF_FILE = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Those of a picture or a sheet that we have drawn: shown anywhere, and no script runs in it."""
