"""The smallest client: one chat request, to know that a system routes."""

from __future__ import annotations

import http.client
import json
import time

import process

BODY = json.dumps(
    {"model": "bench", "messages": [{"role": "user", "content": "ready?"}], "max_tokens": 1, "stream": False}
)


def chat_status(port: int, timeout: float = 2) -> int:
    """HTTP status of one chat request; 0 when nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", "/v1/chat/completions", BODY, {"content-type": "application/json"})
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_for_200(running: process.Process, port: int, patience: float) -> float:
    """Seconds from the start of the process to the end of the first answer with status 200."""
    end = running.started + patience
    status = 0
    while time.monotonic() < end:
        status = chat_status(port)
        if status == 200:
            return time.monotonic() - running.started
        running.check_alive()
        time.sleep(0.002)
    raise process.RigError(
        f"{running.name} gave no 200 within {patience:.0f} s (last status: {status or 'no answer'}). "
        f"End of {running.log}:\n{running.log_tail()}"
    )
