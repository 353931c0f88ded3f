import type { z } from 'zod';
import { annotateContract } from './annotate.ts';
import { deviceContract } from './device.ts';
import { exportContract } from './export.ts';
import { historyContract } from './history.ts';
import { hostContract } from './host.ts';
import { jobContract } from './job.ts';
import { modelContract } from './model.ts';
import { projectContract } from './project.ts';
import { reviewContract } from './review.ts';
import { segmentContract } from './segment.ts';
import { trackContract } from './track.ts';
import { videoContract } from './video.ts';

/** Every service and method that a host serves. The one list that hosts, clients, commands and tests walk. */
export const contract = {
	annotate: annotateContract,
	device: deviceContract,
	export: exportContract,
	history: historyContract,
	host: hostContract,
	job: jobContract,
	model: modelContract,
	project: projectContract,
	review: reviewContract,
	segment: segmentContract,
	track: trackContract,
	video: videoContract,
};

export type Contract = typeof contract;
export type ServiceName = keyof Contract;

type Definition = { kind: string; input: z.ZodType; output: z.ZodType };
type Started = { jobId: number };

/** What a caller writes. */
export type InputOf<M extends Definition> = z.input<M['input']>;
/** What a handler gets, defaults filled in. */
export type ParsedInputOf<M extends Definition> = z.output<M['input']>;
/** What the call itself returns: for a job, its id. */
export type ReturnOf<M extends Definition> = M['kind'] extends 'job' ? Started : z.output<M['output']>;
/** A job's result, or a method's output. */
export type ResultOf<M extends Definition> = z.output<M['output']>;

type Caller<M extends Definition> =
	undefined extends InputOf<M>
		? (input?: undefined, options?: { signal?: AbortSignal }) => Promise<ReturnOf<M>>
		: (input: InputOf<M>, options?: { signal?: AbortSignal }) => Promise<ReturnOf<M>>;

/** The client's view: `client.track.list({ videoId })`. */
export type Client = { [S in ServiceName]: { [M in keyof Contract[S]]: Caller<Contract[S][M] & Definition> } };
