import assert from "node:assert/strict";
import { test } from "node:test";

import { numbers, unpack } from "../../docs/demos/packed.js";

const pack = (array, dtype, shape) => ({
  dtype, shape, base64: Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64"),
});

test("every dtype comes back as it was packed", () => {
  const arrays = {
    int8: Int8Array.of(-128, -1, 0, 127),
    uint8: Uint8Array.of(0, 1, 128, 255),
    int32: Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1),
    float32: Float32Array.of(-1.5, 0, 3.25e-12, Infinity),
  };
  for (const [dtype, array] of Object.entries(arrays)) {
    assert.deepEqual(unpack(pack(array, dtype, [2, 2])), array);
  }
});

test("an empty array and a scalar are arrays too", () => {
  assert.equal(unpack(pack(new Float32Array(0), "float32", [0])).length, 0);
  assert.deepEqual(unpack(pack(Float32Array.of(7), "float32", [])), Float32Array.of(7));
});

test("an unknown dtype and a wrong shape are named", () => {
  assert.throws(() => unpack(pack(new Int8Array(4), "int4", [4])), /dtype int4 is not one of int8/);
  assert.throws(() => unpack(pack(new Int8Array(4), "int8", [5])), /4 bytes cannot fill int8 of shape \[5\]/);
  assert.throws(() => unpack(pack(new Int8Array(4), "float32", [4])), /4 bytes cannot fill float32/);
});

test("a plain number is an array of one", () => {
  assert.equal(numbers(0.125)[0], 0.125);
  assert.deepEqual(numbers(pack(Float32Array.of(2, 3), "float32", [2])), Float32Array.of(2, 3));
});
