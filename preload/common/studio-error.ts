import { downloadErrors } from './errors/download.ts';
import { deviceErrors } from './errors/device.ts';
import { formatErrors } from './errors/format.ts';
import { mediaErrors } from './errors/media.ts';
import { modelErrors } from './errors/model.ts';
import { projectErrors } from './errors/project.ts';
import { storeErrors } from './errors/store.ts';

const catalogue = {
	...downloadErrors,
	...deviceErrors,
	...formatErrors,
	...mediaErrors,
	...modelErrors,
	...projectErrors,
	...storeErrors,
};

type Catalogue = typeof catalogue;
export type ErrorCode = keyof Catalogue;
/** The typed data that a code's sentence is made from; `undefined` for a code without data. */
export type ErrorData<C extends ErrorCode> = Parameters<Catalogue[C]> extends [infer D] ? D : undefined;

/**
 * What a user or a file can cause. Made from a catalogued code and its typed data; the message is the sentence that
 * the user reads. Crosses rpc as code, message and data.
 */
export class StudioError<C extends ErrorCode = ErrorCode> extends Error {
	override name = 'StudioError';
	readonly code: C;
	readonly data: ErrorData<C>;

	constructor(
		code: C,
		...rest: ErrorData<C> extends undefined
			? [data?: undefined, options?: ErrorOptions]
			: [data: ErrorData<C>, options?: ErrorOptions]
	) {
		const sentence = catalogue[code] as (data: unknown) => string;
		super(sentence(rest[0]), rest[1]);
		this.code = code;
		this.data = rest[0] as ErrorData<C>;
	}
}

export function isStudioError<C extends ErrorCode>(error: unknown, code?: C): error is StudioError<C> {
	return error instanceof StudioError && (code === undefined || error.code === code);
}

export function isErrorCode(code: string): code is ErrorCode {
	return Object.hasOwn(catalogue, code);
}
