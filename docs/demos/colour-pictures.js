// Numbers → small colour pictures, on the reader's screen.

/**
 * A picture of the canvas's size. values: rows of red, green, blue, 0 … most, from `start` on;
 * a pixel has `channels` numbers, of which the first three count.
 */
export function paintColour(canvas, values, { start = 0, most = 255, channels = 3 } = {}) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = (values[start + channels * i + c] / most) * 255;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
