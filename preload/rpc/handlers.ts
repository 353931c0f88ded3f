import type { z } from 'zod';
import type { Contract, ParsedInputOf, ReturnOf, ServiceName } from '../contract/index.ts';

/** What every call hands its handler beside the input. */
export type CallContext = {
	/** Aborted when the caller gave up or its channel closed. */
	signal: AbortSignal;
};

type Definition = { kind: string; input: z.ZodType; output: z.ZodType };

/** One method's implementation: parsed input in, what the contract returns out. */
export type Handler<M extends Definition> = (
	input: ParsedInputOf<M>,
	context: CallContext,
) => ReturnOf<M> | Promise<ReturnOf<M>>;

/** The serving side of the whole contract: `handlers.track.list({ videoId }, { signal })`. */
export type Handlers = { [S in ServiceName]: ServiceHandlers<S> };

/** The serving side of one service. */
export type ServiceHandlers<S extends ServiceName> = {
	[M in keyof Contract[S]]: Handler<Contract[S][M] & Definition>;
};
