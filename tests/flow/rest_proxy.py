# SPDX-License-Identifier: LGPL-2.1-or-later
"""Between a client and the stand-in's REST API: what the server answers, as a test would have it.

  with Standin() as standin, RestProxy(standin) as rest:
      rest.change["sip-provision"] = lambda answer: answer["sipInfo"][0].update(stunServers=[..])
      rest.status["sip-provision"] = (403, {"errorCode": "SPR-131", ..})
      rest.date = "Sat, 01 Jan 2000 00:00:00 GMT"
      standin.environment(RINGCENTRAL_SERVER_URL=rest.url)
"""

import http.server
import json
import threading
import urllib.error
import urllib.request


class RestProxy:
    def __init__(self, standin):
        self.target = standin.facts["rest"]
        self.change, self.status, self.date = {}, {}, None  # by the last part of the path
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return owner.date or super().date_time_string(timestamp)

            def do_GET(self):
                owner.serve(self)

            do_POST = do_GET

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, request):
        name = request.path.rpartition("/")[2]
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        status, answer = self.status.get(name) or self._ask(request, body)
        if name in self.change and status == 200:
            self.change[name](answer)
        text = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def _ask(self, request, body):
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")
                   if name in request.headers}
        there = urllib.request.Request(self.target + request.path, method=request.command,
                                       headers=headers, data=body or None)
        try:
            with urllib.request.urlopen(there, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
