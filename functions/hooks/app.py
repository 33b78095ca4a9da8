"""POST /hooks/{provider}/{hook_id}: an event of a till is verified and durably queued."""

from regulars.api import till_events
from regulars.http import protocol

lambda_handler = protocol.serve(till_events.ROUTES)
