"""The page is served to those who know the address, on this computer, and to nobody else."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from core.video import Frame, Picture, VideoFormat
from core.web import latest
from core.web.latest import Latest
from core.web.page_camera import BrowserCamera
from core.web.server import MOST, Server
from tests.fakes import TINY, until


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def number(self) -> int:
        return int(self.headers["Picture-Number"])

    @property
    def grey(self) -> float:
        """The middle of the picture's brightness."""
        picture = cv2.imdecode(np.frombuffer(self.body, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        return float(picture.mean())


class Viewer:
    """A browser, as far as the server can tell."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)
        assert self.address.hostname
        self._line = http.client.HTTPConnection(
            self.address.hostname, self.address.port, timeout=30
        )

    def get(self, name: str = "", **headers: str) -> Answer:
        return self.ask(self.address.path + name, **headers)

    def ask(self, path: str, **headers: str) -> Answer:
        self._line.request("GET", path, headers=headers)
        answer = self._line.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def picture(self, known: int = -1) -> Answer:
        return self.get(f"picture?known={known}")

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def camera() -> Iterator[BrowserCamera]:
    with closing(BrowserCamera(port=0)) as made:
        yield made


@pytest.fixture
def viewer(camera: BrowserCamera) -> Iterator[Viewer]:
    with closing(Viewer(camera.url)) as made:
        yield made


def plain(grey: int, format: VideoFormat = TINY) -> Frame:
    return Frame(np.full((format.height, format.width, 3), grey, np.uint8), sample=0)


def test_a_page_and_the_newest_picture_are_served(camera: BrowserCamera, viewer: Viewer) -> None:
    page = viewer.get()
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"background: transparent" in page.body
    sink = camera.open(TINY)
    for grey in (40, 200):
        sink.send(plain(grey))
    answer = viewer.picture()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.grey == pytest.approx(200, abs=2)


def test_colours_arrive_as_they_were(camera: BrowserCamera, viewer: Viewer) -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 250
    camera.open(VideoFormat(16, 16)).send(Frame(red, sample=0))
    seen = cv2.imdecode(np.frombuffer(viewer.picture().body, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert seen is not None
    assert np.abs(seen.astype(int) - red).max() < 10


def test_what_is_transparent_arrives_with_the_persons_own_colours_and_their_cover(
    camera: BrowserCamera, viewer: Viewer
) -> None:
    cover = np.zeros((32, 32), np.uint8)
    cover[:, 16:24], cover[:, 24:] = 128, 255
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = cover * 0.8
    camera.open(VideoFormat(32, 32)).send(Frame(red, sample=0, cover=cover))
    answer = viewer.picture()
    assert answer.headers["Picture-Cover"] == "below"
    seen = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert seen is not None
    person, grey = seen[:32].astype(int), seen[32:, :, 1].astype(int)
    assert np.abs(grey - cover.astype(int))[1:].max() < 10  # colours of the row above show
    assert np.abs(person[:-1, 17:] - (204, 0, 0)).max() < 12
    camera.open(TINY).send(plain(90))
    assert "Picture-Cover" not in viewer.picture().headers


def test_who_knows_the_newest_picture_waits_for_the_next(
    camera: BrowserCamera, viewer: Viewer
) -> None:
    sink = camera.open(TINY)
    sink.send(plain(40))
    first = viewer.picture()
    later = threading.Timer(0.05, sink.send, [plain(200)])
    later.start()
    second = viewer.picture(first.number)
    later.join()
    assert (second.number, round(second.grey)) == (first.number + 1, 200)


def test_who_is_slow_skips_to_the_newest(camera: BrowserCamera, viewer: Viewer) -> None:
    sink = camera.open(TINY)
    sink.send(plain(0))
    first = viewer.picture()
    for grey in range(100, 200):
        sink.send(plain(grey))
    second = viewer.picture(first.number)
    assert second.number == first.number + 100
    assert second.grey == pytest.approx(199, abs=2)


def test_before_the_first_picture_there_is_a_placeholder(
    camera: BrowserCamera, viewer: Viewer
) -> None:
    assert viewer.picture().grey > 20


def test_the_last_picture_stays_for_a_while_then_comes_the_placeholder() -> None:
    with closing(BrowserCamera(port=0, hold=0.2)) as camera, closing(Viewer(camera.url)) as viewer:
        camera.open(TINY).send(plain(250))
        stays = viewer.picture()
        goes = viewer.picture(stays.number)
        assert round(stays.grey) == 250
        assert goes.number > stays.number
        assert goes.grey < 100
        again = camera.open(TINY)
        again.send(plain(250))
        assert round(viewer.picture(goes.number).grey) == 250


def test_when_it_is_over_nobody_is_shown_any_more(camera: BrowserCamera, viewer: Viewer) -> None:
    with closing(camera.open(TINY)) as sink:
        sink.send(plain(250))
        assert round(viewer.picture().grey) == 250
    assert viewer.picture().grey < 100


def test_a_session_may_have_another_size(camera: BrowserCamera, viewer: Viewer) -> None:
    camera.open(TINY).send(plain(10))
    large = VideoFormat(32, 16)
    sink = camera.open(large)
    sink.send(plain(99, large))
    seen = cv2.imdecode(np.frombuffer(viewer.picture().body, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    assert seen.shape == (16, 32)
    with pytest.raises(ValueError, match=r"shows \(16, 32, 3\), not \(8, 8, 3\)"):
        sink.send(plain(10))


def test_the_address_without_its_last_slash_leads_to_the_page(viewer: Viewer) -> None:
    answer = viewer.ask(viewer.address.path.rstrip("/"))
    assert answer.status == 301
    assert answer.headers["Location"] == viewer.address.path
    assert viewer.ask(answer.headers["Location"]).status == 200


class TestStrangers:
    @pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/picture", "/..%2f"])
    def test_without_the_token_there_is_nothing(self, viewer: Viewer, path: str) -> None:
        answer = viewer.ask(path)
        assert (answer.status, answer.body) == (404, b"")

    @pytest.mark.parametrize("name", ["..", "picture/", "page.py", "%2e%2e/"])
    def test_with_it_there_is_the_page_and_nothing_else(self, viewer: Viewer, name: str) -> None:
        assert viewer.get(name).status == 404

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
    def test_a_name_bent_to_this_computer_is_refused(self, viewer: Viewer, host: str) -> None:
        assert viewer.get(Host=host).status == 403

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://localhost"])
    def test_another_sites_page_is_refused(self, viewer: Viewer, origin: str) -> None:
        assert viewer.get("picture", Origin=origin).status == 403

    def test_our_own_page_is_welcome_by_both_names(self, viewer: Viewer) -> None:
        port = viewer.address.port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
            assert viewer.get("picture", Host=host, Origin=f"http://{host}").status == 200

    def test_nobody_may_keep_or_frame_or_pass_on_what_is_served(self, viewer: Viewer) -> None:
        for name in ("", "picture"):
            headers = viewer.get(name).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "Access-Control-Allow-Origin" not in headers

    def test_only_this_computer_is_listened_to(self, camera: BrowserCamera) -> None:
        assert camera._server.server_address[0] == "127.0.0.1"

    def test_tokens_are_long_and_never_the_same(self) -> None:
        tokens = set()
        for _ in range(3):
            with closing(BrowserCamera(port=0)) as camera:
                tokens.add(camera.token)
        assert len(tokens) == 3
        assert min(map(len, tokens)) >= 20

    @pytest.mark.parametrize("known", ["", "x", "-5", "9" * 5000, "1&known=2", "%00"])
    def test_nonsense_for_a_number_gets_the_picture(self, viewer: Viewer, known: str) -> None:
        assert viewer.get(f"picture?known={known}").status == 200

    def test_what_is_no_question_is_refused(self, viewer: Viewer) -> None:
        for said in (b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n"):
            with closing(connected(viewer)) as line:
                line.sendall(said)
                assert b"understudy" not in line.recv(1000).replace(b"Server: Understudy", b"")

    def test_there_is_room_for_so_many_who_know_the_token_and_no_more(
        self, camera: BrowserCamera, viewer: Viewer
    ) -> None:
        viewers = [Viewer(camera.url) for _ in range(MOST)]
        for one in viewers:
            assert one.get().status == 200
        with closing(connected(viewer)) as one_more:
            assert one_more.recv(1) == b""
        for one in viewers:
            one.close()
        until(lambda: viewer_is_served(viewer))

    def test_who_does_not_know_the_token_never_keeps_those_out_who_do(self, viewer: Viewer) -> None:
        assert viewer.get().status == 200
        strangers = [connected(viewer) for _ in range(2 * MOST)]
        assert viewer_is_served(viewer)
        assert viewer.get().status == 200  # the one that was there before has stayed
        assert strangers[0].recv(1) == b""  # the oldest has gone
        for stranger in strangers:
            stranger.close()

    def test_a_wrong_token_is_no_introduction(self, viewer: Viewer) -> None:
        strangers = [Viewer(viewer.address.geturl()) for _ in range(MOST)]
        for stranger in strangers:
            assert stranger.ask("/wrong/").status == 404
        assert viewer.get().status == 200
        for stranger in strangers:
            stranger.close()


def test_who_introduces_themselves_too_slowly_is_let_go_whatever_they_say() -> None:
    held = Latest(plain(0).picture, 60.0)
    with closing(Server(0, "token", held, introduction=0.2)) as server:
        with closing(socket.create_connection(("127.0.0.1", server.server_port), 30)) as slow:
            gone = threading.Event()
            talker = threading.Thread(target=keep_talking, args=(slow, gone))
            talker.start()
            assert slow.recv(1) == b""
            gone.set()
            talker.join()
        with closing(Viewer(server.url)) as viewer:
            assert viewer.get().status == 200
            server.service_actions()
            assert viewer.get().status == 200


def keep_talking(line: socket.socket, gone: threading.Event) -> None:
    with suppress(OSError):
        line.sendall(b"GET /")
        while not gone.wait(0.01):
            line.sendall(b"x")


def test_who_speaks_http_without_heads_gets_no_picture_without_one(
    camera: BrowserCamera, viewer: Viewer
) -> None:
    camera.open(TINY).send(plain(40))
    host = f"Host: 127.0.0.1:{viewer.address.port}"
    with closing(connected(viewer)) as line:
        line.sendall(f"GET {viewer.address.path}picture\r\n{host}\r\n\r\n".encode())
        assert line.recv(1) == b""


def connected(viewer: Viewer) -> socket.socket:
    address = viewer.address
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=30)


def viewer_is_served(viewer: Viewer) -> bool:
    try:
        with closing(Viewer(viewer.address.geturl())) as other:
            return other.get().status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_the_address_can_be_kept() -> None:
    with closing(BrowserCamera(port=0)) as first:
        url, port, token = first.url, urlsplit(first.url).port or 0, first.token
    with closing(BrowserCamera(port, token)) as second:
        assert (second.url, second.note) == (url, "")


def test_a_taken_port_is_told_and_another_chosen(camera: BrowserCamera) -> None:
    port = urlsplit(camera.url).port or 0
    with closing(BrowserCamera(port)) as second, closing(Viewer(second.url)) as viewer:
        assert urlsplit(second.url).port != port
        assert second.note == (
            f"port {port} is taken by another program, so the page has another address: "
            "give OBS the new one"
        )
        assert viewer.get().status == 200


def test_who_took_the_port_is_not_told_what_opens_the_next_one(camera: BrowserCamera) -> None:
    port = urlsplit(camera.url).port or 0
    with closing(BrowserCamera(port, "known to OBS")) as elsewhere:
        assert "known" not in elsewhere.url
        assert elsewhere.token == "known to OBS"  # what is remembered until the port is free
        with closing(Viewer(elsewhere.url)) as viewer:
            assert viewer.ask("/known to OBS/".replace(" ", "%20")).status == 404


def test_there_are_only_so_many_ports() -> None:
    with pytest.raises(ValueError, match="port 70000 is not between 0 and 65535"):
        BrowserCamera(70_000)


def test_closing_ends_all_who_wait_and_all_who_are_silent() -> None:
    camera = BrowserCamera(port=0)
    waiting, silent = Viewer(camera.url), connected(Viewer(camera.url))
    known = waiting.picture().number
    ended: list[int | Exception] = []

    def wait() -> None:
        try:
            ended.append(waiting.picture(known).status)
        except (OSError, http.client.HTTPException) as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    camera.close()
    thread.join()
    assert len(ended) == 1
    assert silent.recv(1) == b""
    waiting.close()
    silent.close()
    with pytest.raises(OSError, match="refused"):
        connected(waiting)


class TestEncoding:
    @pytest.fixture
    def encodings(self, monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
        done: list[Picture] = []

        def encoded(picture: Picture) -> bytes:
            done.append(picture)
            return b"jpeg"

        monkeypatch.setattr(latest, "encoded", encoded)
        return done

    @pytest.fixture
    def held(self) -> Latest:
        return Latest(plain(0).picture, hold=60.0)

    def test_nothing_is_encoded_while_nobody_watches(
        self, held: Latest, encodings: list[Picture]
    ) -> None:
        for grey in range(50):
            held.show(plain(grey).picture)
        assert encodings == []

    def test_a_picture_is_encoded_once_for_all(
        self, held: Latest, encodings: list[Picture]
    ) -> None:
        def look() -> None:
            for _ in range(20):
                held.jpeg(-1, 1.0)

        held.show(plain(7).picture)
        in_threads(look, 8)
        assert len(encodings) == 1

    def test_showing_never_waits_for_the_encoder(
        self, held: Latest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def slow(picture: Picture) -> bytes:
            begun.set()
            go_on.wait(60)
            return b""

        monkeypatch.setattr(latest, "encoded", slow)
        thread = threading.Thread(target=held.jpeg, args=(-1, 1.0))
        thread.start()
        begun.wait(60)
        held.show(plain(1).picture)  # would hang here
        go_on.set()
        thread.join()

    def test_after_a_while_without_news_the_question_is_answered_with_nothing(
        self, held: Latest
    ) -> None:
        assert held.jpeg(0, 0.01) is None
        held.close()
        assert held.jpeg(-1, 5.0) is None


def in_threads(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
