"""Property tests of the core count examples, not milliseconds."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
