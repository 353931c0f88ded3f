/**
 * `npm run quality [-- first | carry | between ...] [SEQUENCE ...]`: how well the built-in model does where the truth is
 * known, on the DAVIS sequences beside the project and on the rendered sample. The model card
 * (`models/builtin/README.md`) has these numbers.
 */
import { openBuiltinTracker } from '../../main/inference/open-builtin.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { between } from './between.ts';
import { carrying } from './carrying.ts';
import { davisClip, sampleClips, type Clip } from './clips.ts';
import { davisSequences, hasDavis } from './davis.ts';
import { firstMasks } from './first-masks.ts';

const parts: Record<string, (tracker: Tracker, clips: readonly Clip[]) => Promise<void>> = {
	first: firstMasks,
	carry: carrying,
	between,
};
const words = process.argv.slice(2);
const wantedParts = words.filter((word) => word in parts);
const wantedSequences = words.filter((word) => !(word in parts));
const tracker = await openBuiltinTracker();
const sample = wantedSequences.length === 0 ? await sampleClips() : null;
const sequences = wantedSequences.length > 0 ? wantedSequences : davisSequences;
const davis = hasDavis ? sequences.map((sequence) => davisClip(sequence)) : [];

for (const part of wantedParts.length > 0 ? wantedParts : Object.keys(parts)) {
	for (const [name, clips] of [
		['DAVIS', davis],
		['the rendered sample', sample?.clips ?? []],
	] as const) {
		if (clips.length > 0) {
			console.log(`\n${part}, ${name}`);
			await parts[part]!(tracker, clips);
		}
	}
}
if (!hasDavis) {
	console.log('the DAVIS sequences are not beside the project: skipped');
}
await sample?.close();
await tracker.dispose();
