"""What OBS's browser source loads: a canvas that asks for one picture after the other.

It asks again when it has drawn, so a slow viewer skips pictures and never lags behind; when the
program is gone it turns transparent, and comes back with it.
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Understudy</title>
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; background: transparent; }
  canvas { display: block; width: 100%; height: 100%; object-fit: contain; }
</style>
<canvas width="16" height="9"></canvas>
<script>
  const view = document.querySelector("canvas"), pen = view.getContext("2d");
  const PAUSE = 500, PATIENCE = 4;  // milliseconds between tries, tries until the picture goes
  let known = -1, failed = 0;

  async function show() {
    const answer = await fetch("picture?known=" + known, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    if (answer.status === 204) return;
    const picture = await createImageBitmap(await answer.blob());
    if (view.width !== picture.width || view.height !== picture.height)
      [view.width, view.height] = [picture.width, picture.height];
    pen.drawImage(picture, 0, 0);
    picture.close();
    known = answer.headers.get("Picture-Number");
  }

  async function live() {
    for (;;) {
      try {
        await show();
        failed = 0;
      } catch {
        if (++failed === PATIENCE) pen.clearRect(0, 0, view.width, view.height);
        await new Promise(done => setTimeout(done, PAUSE));
      }
    }
  }

  live();
</script>
</html>
"""
