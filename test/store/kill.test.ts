import { spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { all, sql } from '../../main/store/db.ts';
import { historyState, openStore, readPass, redo, undo, type Store } from '../../main/store/index.ts';
import type { Acknowledged } from './kill.ts';
import { randomOf, type Random } from './random-edits.ts';
import { digestOf, dump, scratchFolder } from './support.ts';

const script = join(import.meta.dirname, 'kill-child.ts');
const killCount = 200;
/** Kills of one project before the next is begun; two projects go side by side. */
const killsPerProject = 10;

test(`after each of ${killCount} kills at random moments everything acknowledged is there, and nothing half`, async () => {
	using folder = scratchFolder();
	const tally = {
		kills: 0,
		acknowledged: 0,
		unacknowledged: 0,
		interruptedPasses: 0,
		comparedRecords: 0,
		notCreated: 0,
	};
	const projects = Array.from({ length: killCount / killsPerProject }, (_, number) =>
		join(folder.path, `${number}.masklet`),
	);
	const cache = join(folder.path, 'cache');
	spawnSync(process.execPath, [script], { env: { ...process.env, NODE_COMPILE_CACHE: cache } });
	const work = projects.entries();
	const worker = async (): Promise<void> => {
		for (const [number, path] of work) {
			const random = randomOf(7000 + number);
			let last: Acknowledged = { revision: 0, passes: [] };
			for (let kill = 0; kill < killsPerProject; kill++) {
				const lines = await editUntilKilled({ path, cache, random });
				tally.kills++;
				tally.acknowledged += lines.length;
				last = lines.at(-1) ?? last;
				if (!existsSync(path)) {
					expect(last.revision).toBe(0);
					tally.notCreated++;
					continue;
				}
				// Every other time the next child finds the file as the kill left it.
				using store = openStore(path, { mode: random.below(2) === 0 ? 'edit' : 'read', now: Date.now });
				check(store, { last, tally });
				last = { revision: historyState(store.db).revision, passes: [] };
			}
		}
	};
	await Promise.all([worker(), worker()]);
	console.log(JSON.stringify(tally));
	expect(tally.kills).toBe(killCount);
	expect(tally.interruptedPasses).toBeGreaterThan(10);
	expect(tally.comparedRecords).toBeGreaterThan(10);
}, 400_000);

/** `cache`: compiled sources, so that a child starts in a tenth of a second. */
type Life = { path: string; cache: string; random: Random };

/** Starts a child, kills it some moment after some acknowledgement, and returns what it acknowledged. */
async function editUntilKilled({ path, cache, random }: Life): Promise<Acknowledged[]> {
	const child = spawn(process.execPath, [script, path, String(random.below(1e9))], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, NODE_COMPILE_CACHE: cache },
	});
	// The first line says that it is about to open the project: some kills come while it does.
	const killAfter = random.below(8) === 0 ? 1 : 2 + random.below(16);
	const turns = random.below(2000);
	let text = '';
	let errors = '';
	let isDoomed = false;
	child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
	child.stdout.on('data', (part: Buffer) => {
		text += part.toString();
		if (!isDoomed && text.split('\n').length > killAfter) {
			isDoomed = true;
			spin(turns, () => child.kill('SIGKILL'));
		}
	});
	const signal = await new Promise<string | null>((resolve) => child.on('close', (_code, by) => resolve(by)));
	expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' });
	// A line that the kill cut short was not acknowledged.
	const lines = text
		.slice(0, text.lastIndexOf('\n') + 1)
		.split('\n')
		.filter(Boolean);
	return lines.map((line) => JSON.parse(line) as Acknowledged).filter((line) => line.revision !== undefined);
}

/** Lets the event loop turn, so that kills fall anywhere in the child's work. */
function spin(turns: number, then: () => void): void {
	if (turns > 0) {
		setImmediate(() => spin(turns - 1, then));
	} else {
		then();
	}
}

type Killed = { last: Acknowledged; tally: Record<string, number> };

function check(store: Store, { last, tally }: Killed): void {
	const { db } = store;
	expect(store.readOnlyReason).toBe(store.internals.writeDb ? null : 'asked');
	expect(all(db, sql`PRAGMA integrity_check`)).toEqual([{ integrity_check: 'ok' }]);
	expect(all(db, sql`PRAGMA foreign_key_check`)).toEqual([]);

	// All that was acknowledged, and at most the one commit that the kill kept from being so.
	const { revision } = historyState(db);
	expect(revision).toBeGreaterThanOrEqual(last.revision!);
	expect(revision).toBeLessThanOrEqual(last.revision! + 1);
	tally.unacknowledged! += revision - last.revision!;
	if (last.digest && revision === last.revision) {
		expect(digestOf(db)).toBe(last.digest);
		tally.comparedRecords!++;
	}
	for (const { passId, doneCount } of last.passes!) {
		const pass = readPass(db, passId)!;
		if (pass.state === 'running' || pass.state === 'interrupted') {
			expect(pass.doneCount).toBeGreaterThanOrEqual(doneCount);
			tally.interruptedPasses!++;
		}
	}
	if (store.internals.writeDb) {
		expect(all(db, sql`SELECT passId FROM pass WHERE state = 'running'`)).toEqual([]);
	}

	// Whole frames only: every mask that anything speaks of is there, and its bytes are what they were.
	const record = dump(db);
	expect(record).not.toContain('dangling');
	const references = sql`
		SELECT count(*) AS count FROM (
			SELECT maskId FROM passFrame
			UNION ALL SELECT maskId FROM frameImage
			UNION ALL SELECT modelMaskId FROM frameImage WHERE modelMaskId IS NOT NULL
		) WHERE maskId NOT IN (SELECT blobId FROM blob)
	`;
	expect(all(db, references)).toEqual([{ count: 0 }]);
	for (const { sha256, bytes } of all<{ sha256: Buffer; bytes: Buffer }>(db, sql`SELECT sha256, bytes FROM blob`)) {
		expect(hash('sha256', bytes, 'buffer').equals(sha256)).toBe(true);
	}

	// The law holds from here too.
	if (store.internals.writeDb && historyState(db).canUndo) {
		undo(store);
		redo(store);
		expect(dump(db)).toBe(record);
	}
}
