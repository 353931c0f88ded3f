/** IoU of two masks of 0 and 1; 1 where both are empty. */
export function overlap(left: Uint8Array, right: Uint8Array): number {
	let both = 0;
	let either = 0;
	left.forEach((value, index) => {
		both += value & right[index]!;
		either += value | right[index]!;
	});
	return either === 0 ? 1 : both / either;
}
