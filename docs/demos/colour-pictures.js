// Numbers → small colour pictures, on the reader's screen.

/**
 * A picture of the canvas's size. values: rows of red, green, blue, 0 … most, from `start` on.
 * filled: per pixel, whether anything is there at all; the rest stays transparent.
 */
export function paintColour(canvas, values, { start = 0, most = 255, filled = null } = {}) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = (values[start + 3 * i + c] / most) * 255;
    image.data[4 * i + 3] = !filled || filled[i] ? 255 : 0;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
