/** A dense float32 tensor, row-major. All tensors that cross a session are float32: other types fail on some runtimes. */
export type Tensor = { shape: readonly number[]; data: Float32Array };

/**
 * One loaded graph. `run` takes every declared input by name and gives every declared output; the data of an output
 * belongs to the caller. Implementations live with the runtime, outside models/.
 */
export interface Session {
	run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
	dispose(): Promise<void>;
}

/** Loads a compiled graph by its name ("image-encoder"). The caller disposes the session. */
export type CreateSession = (graphName: string, signal: AbortSignal) => Promise<Session>;
