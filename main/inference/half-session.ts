import type { CreateSession, Tensor } from '../../models/predict/session.ts';

/**
 * Graphs in half precision, each of which is left for the full one as soon as it gives what is no number: the largest
 * number of 16 bits is 65,504, and a picture can lead beyond where those that the device was measured with did not.
 */
export function halfSessions(half: CreateSession, full: CreateSession): CreateSession {
	return async (graphName, signal) => {
		let session = await half(graphName, signal);
		let isHalf = true;
		return {
			async run(inputs) {
				const outputs = await session.run(inputs);
				if (!isHalf || hasOnlyNumbers(outputs)) {
					return outputs;
				}
				const next = await full(graphName, new AbortController().signal);
				await session.dispose();
				session = next;
				isHalf = false;
				// Standard error is the parent's log.
				process.stderr.write(`inference: ${graphName} goes on with fp32, as fp16 gave what is no number\n`);
				return session.run(inputs);
			},
			dispose: () => session.dispose(),
		};
	};
}

/** What is no number spreads over its window and its channels, so that some places tell of all. */
const CHECK_EVERY = 13;

function hasOnlyNumbers(outputs: Readonly<Record<string, Tensor>>): boolean {
	return Object.values(outputs).every(({ data }) => {
		let sum = 0;
		for (let index = 0; index < data.length; index += CHECK_EVERY) {
			sum += data[index]! * 0;
		}
		return sum === 0;
	});
}
