// Arrays travel in JSON as {dtype, shape, base64}, little-endian, as `downhill.demo` packs them.

const KINDS = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array, float32: Float32Array };

/**
 * Numbers of a packed array, flat, in row-major order.
 * @param {{dtype: string, shape: number[], base64: string}} packed
 * @returns {Int8Array|Uint8Array|Int32Array|Float32Array}
 */
export function unpack({ dtype, shape, base64 }) {
  const Kind = KINDS[dtype];
  if (!Kind) throw new Error(`dtype ${dtype} is not one of ${Object.keys(KINDS).join(", ")}`);
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== count * Kind.BYTES_PER_ELEMENT) {
    throw new Error(`${bytes.length} bytes cannot fill ${dtype} of shape [${shape}]`);
  }
  return new Kind(bytes.buffer);
}

/** Like `unpack`, but a plain number is an array of one: `downhill.demo` sends scalars so. */
export const numbers = (value) => (typeof value === "number" ? Float64Array.of(value) : unpack(value));
