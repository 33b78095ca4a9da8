"""`make job NAME=…`: asks the running stack to run a job now, and shows what came of it."""

import http.client
import json
import os
import sys
import urllib.parse

from local.settings import Settings, SettingsError

_LONGEST_S = 900.0  # no function may take longer


def main(name: str) -> int:
    """Run one job; 0 when it worked."""
    if not name:
        print("which job? make job NAME=reminders", file=sys.stderr)
        return 2
    try:
        control = Settings.from_environment(os.environ).state / "control.json"
        access = json.loads(control.read_text("utf-8"))
        status, answer = _post(access["url"], name, access["token"])
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except (FileNotFoundError, ConnectionError):
        print("nothing runs here; start it with `make run`", file=sys.stderr)
        return 1
    if status != 200:
        print(answer["message"], file=sys.stderr)
        return 1
    print(json.dumps(answer["result"], indent=2, ensure_ascii=False))
    return 0


def _post(url: str, name: str, token: str) -> tuple[int, dict[str, object]]:
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=_LONGEST_S
    )
    try:
        path = f"/job/{urllib.parse.quote(name)}"
        connection.request("POST", path, headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        return response.status, json.load(response)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
