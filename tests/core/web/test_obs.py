"""OBS is told to show our page; a stand-in speaks obs-websocket's protocol on a real socket."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from core.sentence import parted
from core.web.obs import NAME, ObsError, answer_to, show_page

URL = "http://127.0.0.1:8791/token"
CHALLENGE = {"salt": "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
             "challenge": "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="}  # fmt: skip
PASSWORD = "supersecretpassword"


class StandIn:
    """Speaks as OBS does, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.inputs: dict[str, dict[str, Any]] = {}
        self.password, self.says = PASSWORD, ""
        self._server = serve(self._talk, "127.0.0.1", 0)
        self.port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _talk(self, socket: ServerConnection) -> None:
        try:
            self._greet(socket)
        except ConnectionClosed:
            return

    def _greet(self, socket: ServerConnection) -> None:
        if self.says:
            socket.send(self.says)
        locked = {"authentication": CHALLENGE} if self.password else {}
        self._send(socket, 0, {"obsWebSocketVersion": "5.5.4", "rpcVersion": 1, **locked})
        answer = json.loads(socket.recv())
        assert answer["op"] == 1
        if self.password and answer["d"].get("authentication") != answer_to(
            CHALLENGE, self.password
        ):
            socket.close(4009, "Authentication failed.")
            return
        self._send(socket, 2, {"negotiatedRpcVersion": 1})
        while True:
            request = json.loads(socket.recv())["d"]
            self._send(socket, 5, {"eventType": "SceneListChanged", "eventIntent": 4})
            code, data = self._obey(request["requestType"], request["requestData"])
            status = {"result": code == 100, "code": code, "comment": f"code {code}"}
            about = {key: request[key] for key in ("requestType", "requestId")}
            self._send(socket, 7, {**about, "requestStatus": status, "responseData": data})

    def _obey(self, kind: str, data: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        self.asked.append((kind, data))
        if kind == "GetCurrentProgramScene":
            return 100, {"currentProgramSceneName": "Talk", "sceneName": "Talk"}
        if kind == "CreateInput":
            if data["inputName"] in self.inputs:
                return 601, None
            self.inputs[data["inputName"]] = data["inputSettings"]
            return 100, {"sceneItemId": 3}
        if kind == "SetInputSettings" and data["inputName"] in self.inputs:
            self.inputs[data["inputName"]] |= data["inputSettings"]
            return 100, None
        return 204, None

    def _send(self, socket: ServerConnection, kind: int, data: dict[str, Any]) -> None:
        socket.send(json.dumps({"op": kind, "d": data}))


@pytest.fixture
def obs() -> Iterator[StandIn]:
    found = StandIn()
    yield found
    found.close()


def test_the_password_is_proven_as_the_protocol_says() -> None:
    """The example of obs-websocket's protocol.md."""
    assert answer_to(CHALLENGE, PASSWORD) == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


def test_a_browser_source_is_made_in_the_scene_that_is_on(obs: StandIn) -> None:
    assert show_page(URL, (1280, 720), PASSWORD, obs.port) == "Talk"
    kinds = [kind for kind, _ in obs.asked]
    assert kinds == ["GetCurrentProgramScene", "CreateInput"]
    made = obs.asked[1][1]
    assert (made["sceneName"], made["inputKind"]) == ("Talk", "browser_source")
    assert obs.inputs == {NAME: {"url": URL, "width": 1280, "height": 720}}


def test_one_that_is_there_already_shows_the_page_of_now(obs: StandIn) -> None:
    obs.inputs[NAME] = {"url": "http://old", "width": 1, "height": 1, "css": "theirs"}
    show_page(URL, (1920, 1080), PASSWORD, obs.port)
    assert obs.inputs[NAME] == {"url": URL, "width": 1920, "height": 1080, "css": "theirs"}


def test_without_a_password_none_is_sent(obs: StandIn) -> None:
    obs.password = ""
    assert show_page(URL, (1280, 720), "ignored", obs.port) == "Talk"


def test_a_wrong_password_is_told_with_where_the_right_one_is(obs: StandIn) -> None:
    with pytest.raises(ObsError) as refused:
        show_page(URL, (1280, 720), "guess", obs.port)
    sentence, remedy = parted(str(refused.value))
    assert "does not take this password" in sentence + remedy
    assert "Show Connect Info" in str(refused.value)
    assert obs.asked == []


def test_who_is_no_obs_or_is_not_there_is_told(obs: StandIn) -> None:
    obs.says = "good evening"
    with pytest.raises(ObsError, match="is not OBS"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)
    obs.says = "[]"
    with pytest.raises(ObsError, match="is not OBS"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)
    obs.close()
    with pytest.raises(ObsError, match=r"does not answer on port .* enable its server in OBS"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)


def test_a_refused_request_says_which_and_why(obs: StandIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(obs, "_obey", lambda kind, data: (500, None))
    with pytest.raises(ObsError, match=r"OBS does not do GetCurrentProgramScene \(code 500\)"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)
    monkeypatch.setattr(obs, "_obey", lambda kind, data: (207, None))
    with pytest.raises(ObsError, match="OBS is not ready yet"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)


@pytest.mark.parametrize(
    "words",
    ["[" * 100_000, "1", '{"op": 0}', '{"op": 0, "d": [[]]}',
     '{"op": 0, "d": {"authentication": 1}}',
     '{"op": 0, "d": {"authentication": {"salt": [], "challenge": ""}}}',
     '{"op": 0, "d": {"authentication": {"salt": "\\ud800", "challenge": ""}}}'],
)  # fmt: skip
def test_whatever_answers_in_place_of_obs_one_sentence_says_so(obs: StandIn, words: str) -> None:
    obs.says = words
    with pytest.raises(ObsError, match="is not OBS"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)


@pytest.mark.parametrize(
    "response",
    [[], {"requestStatus": 1}, {"requestStatus": []}, {"requestStatus": {"result": True}},
     {"requestStatus": {"result": True}, "responseData": 1}, {"requestStatus": {"result": False}}],
)  # fmt: skip
def test_an_answer_of_another_shape_is_told(
    obs: StandIn, response: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(socket: ServerConnection, kind: int, data: dict[str, Any]) -> None:
        if kind == 7:
            data = {"requestId": data["requestId"], **response} if response else response
        socket.send(json.dumps({"op": kind, "d": data}))

    monkeypatch.setattr(obs, "_send", answer)
    with pytest.raises(ObsError, match="is not OBS"):
        show_page(URL, (1280, 720), PASSWORD, obs.port)


def test_who_says_other_things_without_end_is_not_waited_for(
    obs: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chatter(socket: ServerConnection, kind: int, data: dict[str, Any]) -> None:
        while True:
            socket.send(json.dumps({"op": 5 if kind == 0 else kind, "d": {}}))

    monkeypatch.setattr(obs, "_send", chatter)
    with pytest.raises(ObsError, match="does not answer any more"):
        show_page(URL, (1280, 720), PASSWORD, obs.port, patience=0.3)


def test_obs_is_quoted_in_brief(obs: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(socket: ServerConnection, kind: int, data: dict[str, Any]) -> None:
        if kind == 7:
            data["requestStatus"] = {"result": False, "code": 1, "comment": "no " * 100_000}
        socket.send(json.dumps({"op": kind, "d": data}))

    monkeypatch.setattr(obs, "_send", answer)
    with pytest.raises(ObsError, match="OBS does not do") as refused:
        show_page(URL, (1280, 720), PASSWORD, obs.port)
    assert len(str(refused.value)) < 300
