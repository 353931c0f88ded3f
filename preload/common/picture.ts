/** An 8-bit RGB picture: row-major, 3 bytes a pixel, no padding. `data.length === width * height * 3`. */
export type RgbPicture = { width: number; height: number; data: Uint8Array };

/** A binary mask: row-major, one byte a pixel, 0 or 1. `data.length === width * height`. */
export type Mask = { width: number; height: number; data: Uint8Array };
