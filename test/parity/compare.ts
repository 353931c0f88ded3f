import { hashText } from './seeded-weights.ts';
import { resizeRgb } from '../../models/predict/picture-input.ts';
import type { Dialect } from '../../models/onnx/graph.ts';
import { expectedTensors } from '../../models/sam2/build.ts';
import type { Sam2Config } from '../../models/sam2/config.ts';
import type { ParityConfig } from './golden.ts';
import { networkOf, readGolden, relativeError, spec } from './golden.ts';
import type { Comparison } from './run-scenario.ts';
import { runScenario } from './run-scenario.ts';
import { seededFrame } from './seeded-clip.ts';
import { seededEngine } from './seeded-engine.ts';

/** Largest error of any float tensor, as a part of the tensor's largest magnitude. */
export const FLOAT_TOLERANCE = 1e-3;
/** A memory is bfloat16: where the two sides round differently it is one step off, at most this part of the largest. */
export const MEMORY_TOLERANCE = 2 ** -7;
export const IOU_AT_LEAST = 0.995;

export type ScenarioReport = { scenario: string; comparisons: Comparison[] };
export type ConfigReport = {
	name: string;
	areTensorsEqual: boolean;
	isPictureEqual: boolean;
	features: { f: number; s0: number; s1: number };
	scenarios: ScenarioReport[];
};

/** Plays every scenario of a parity configuration on our graphs and compares with the reference's golden data. */
export async function compareConfig(
	name: string,
	options: { folder: string; dialect?: Dialect; threads?: number },
): Promise<ConfigReport> {
	const parity = spec.configs[name] as ParityConfig;
	const golden = readGolden(name);
	const engine = seededEngine(networkOf(name, parity), { ...parity, ...options });
	try {
		const picture = seededFrame(parity, 0);
		const resized = resizeRgb(picture, parity.imageSize, parity.imageSize);
		const features = await engine.encodeImage(picture, new AbortController().signal);
		const featureCache = new Map([[0, features]]);
		const scenarios: ScenarioReport[] = [];
		for (const scenario of parity.scenarios) {
			const steps = spec.scenarios[scenario]!;
			const results = golden.scenarios[scenario]!;
			scenarios.push({
				scenario,
				comparisons: await runScenario(engine, parity, steps, results, { featureCache }),
			});
		}
		return {
			name,
			areTensorsEqual: tensorsHash(engine.config) === golden.tensorsHash,
			isPictureEqual: hashText(Buffer.from(resized.data).toString('base64')) === golden.resizedHash,
			features: {
				f: relativeError(features.f.data, golden.features.f),
				s0: relativeError(features.s0.data, golden.features.s0),
				s1: relativeError(features.s1.data, golden.features.s1),
			},
			scenarios,
		};
	} finally {
		await engine.dispose();
	}
}

/** What is out of tolerance, a line each. */
export function failures(report: ConfigReport): string[] {
	const lines = Object.entries(report.features)
		.filter(([, error]) => !(error <= FLOAT_TOLERANCE))
		.map(([tensor, error]) => `${report.name}: ${tensor} is off by ${error}`);
	if (!report.areTensorsEqual) {
		lines.push(`${report.name}: the list of tensors differs`);
	}
	if (!report.isPictureEqual) {
		lines.push(`${report.name}: the resized picture differs`);
	}
	for (const { scenario, comparisons } of report.scenarios) {
		for (const comparison of comparisons) {
			const { logits, pointer, score, memory, iou } = comparison;
			const isExact = [logits, pointer, score].every((error) => error <= FLOAT_TOLERANCE);
			if (!isExact || (memory ?? 0) > MEMORY_TOLERANCE || iou < IOU_AT_LEAST) {
				lines.push(`${report.name}, ${scenario}: ${JSON.stringify(comparison)}`);
			}
		}
	}
	return lines;
}

/** Hash of every tensor that we expect of a checkpoint, with its shape. */
function tensorsHash(config: Sam2Config): number {
	const lines = [...expectedTensors(config)].map(([key, shape]) => `${key} ${shape.join('x')}\n`);
	return hashText(lines.sort().join(''));
}
