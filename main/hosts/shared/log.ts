import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Logger } from 'pino';

/** Appends to `masklet.log` in the user's data folder, one JSON object a line; `MASKLET_LOG` sets the level. */
export function createLog(dataFolder: string): Logger {
	mkdirSync(dataFolder, { recursive: true });
	const destination = pino.destination({ dest: join(dataFolder, 'masklet.log'), append: true, sync: true });
	return pino(
		{ level: process.env.MASKLET_LOG ?? 'info', serializers: { error: pino.stdSerializers.err } },
		destination,
	);
}
