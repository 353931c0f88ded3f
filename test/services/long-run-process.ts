import { openServices } from './open-services.ts';

/* Runs a project and tells on standard output what reached the disk, a line an object and batch; see long-clip.ts. */

const [folder = '', path = ''] = process.argv.slice(2);
const open = await openServices({ folder });
await open.client.project.open({ path });
open.client.on('run.frames', ({ trackId, frameIndexes }) => {
	process.stdout.write(`${JSON.stringify({ trackId, lastFrameIndex: frameIndexes.at(-1) })}\n`);
});
await open.run(() => open.client.track.propagate({ videoId: 1 }));
await open.close();
