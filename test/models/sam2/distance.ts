/** Root of the mean square of the difference over that of `right`; 0 where they are equal. */
export function distance(left: Float32Array, right: Float32Array): number {
	let apart = 0;
	let all = 0;
	left.forEach((value, index) => {
		apart += (value - right[index]!) ** 2;
		all += right[index]! ** 2;
	});
	return apart === 0 ? 0 : Math.sqrt(apart / all);
}
