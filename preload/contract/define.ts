import { z } from 'zod';

/**
 * What a method does to the world:
 * - `query`: reads only.
 * - `edit`: one undoable transaction of the annotation record.
 * - `command`: changes what is not part of the record (opens a project, cancels a job); not undoable.
 * - `job`: starts work that lasts; the call returns a job's id at once, its result comes with `job.done`.
 */
export type MethodKind = 'query' | 'edit' | 'command' | 'job';

export type Method<K extends MethodKind, I extends z.ZodType, O extends z.ZodType> = { kind: K; input: I; output: O };

export type AnyMethod = Method<MethodKind, z.ZodType, z.ZodType>;

export function query<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<'query', I, O> {
	return { kind: 'query', input, output };
}

export function edit<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<'edit', I, O> {
	return { kind: 'edit', input, output };
}

export function command<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<'command', I, O> {
	return { kind: 'command', input, output };
}

/** `result` is what `job.done` carries; the call itself returns the job's id. */
export function job<I extends z.ZodType, O extends z.ZodType>(input: I, result: O): Method<'job', I, O> {
	return { kind: 'job', input, output: result };
}

/** The input of methods that take none. */
export const nothing = z.undefined();
/** `z.instanceof` would ask for arrays over an `ArrayBuffer` of their own; a view of any buffer will do. */
export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array');
export const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'expected a Float64Array');
export const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'expected an Int32Array');
export const rowId = z.int().positive();
export const frameIndex = z.int().nonnegative();
export const jobStarted = z.object({ jobId: rowId });
/** Half-open: `from` to `to - 1`. */
export const frameRange = z
	.object({ from: frameIndex, to: frameIndex })
	.refine((range) => range.from < range.to, 'a range ends after it starts');

export type FrameRange = z.infer<typeof frameRange>;
