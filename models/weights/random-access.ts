/** A file, or anything like it, that is read in pieces. */
export interface RandomAccess {
	readonly sizeBytes: number;
	/** Exactly `length` bytes from `offset`; throws when they are not all there. The caller owns the bytes. */
	read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory as a file. */
export function bytesAccess(bytes: Uint8Array): RandomAccess {
	return {
		sizeBytes: bytes.length,
		read: (offset, length) => {
			if (offset < 0 || length < 0 || offset + length > bytes.length) {
				return Promise.reject(new RangeError(`bytes ${offset} to ${offset + length} of ${bytes.length}`));
			}
			return Promise.resolve(bytes.slice(offset, offset + length));
		},
	};
}
