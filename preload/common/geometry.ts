/**
 * Image space: x grows right, y grows down, pixel (column, row) covers [column, column + 1) x [row, row + 1).
 * A click in the middle of the first pixel is therefore (0.5, 0.5).
 */
export type Point = { x: number; y: number };

/** Corners, x0 <= x1 and y0 <= y1, in image space. */
export type Box = { x0: number; y0: number; x1: number; y1: number };

export type Size = { width: number; height: number };
