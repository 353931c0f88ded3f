import { requireNode } from '../shared/node-version.ts';

requireNode();
// Only now: an older Node could not even read what follows.
await import('./main.ts');
