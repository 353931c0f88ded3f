import type { Sam2Config } from '../../models/sam2/config.ts';
import { graphNames } from '../../models/sam2/build.ts';
import { openSeededSession } from './seeded-engine.ts';

/* A part of `npm run parity`: writes and loads every graph of a network, one after the other. */

const config = JSON.parse(process.argv[2]!) as Sam2Config;
const folder = process.argv[3]!;
const start = performance.now();
let loaded = 0;
for (const name of graphNames) {
	const session = await openSeededSession(name, config, { folder, seed: 1, objectScoreBias: 0, threads: 2 });
	loaded++;
	await session.dispose();
}
const peakMebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ loaded, peakMebibytes, seconds: Math.round((performance.now() - start) / 1000) }));
