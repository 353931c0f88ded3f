import { builtinModelId } from '../../inference/inference.ts';
import type { ProjectRow } from '../../store/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceContext } from '../context.ts';

/** The model that a project uses: the chosen one where it is there, else the built-in one. */
export function modelOf(context: ServiceContext, project: ProjectRow): string {
	const { modelId } = project;
	return modelId !== null && isKnown(context, modelId) ? modelId : builtinModelId;
}

/** The chosen model where it is not on this machine; else null. */
export function missingModelOf(context: ServiceContext, project: ProjectRow): string | null {
	const { modelId } = project;
	return modelId === null || isKnown(context, modelId) ? null : modelId;
}

/** @throws track.modelUnknown */
export function checkedModel(context: ServiceContext, modelId: string): string {
	if (!isKnown(context, modelId)) {
		const known = context.inference.models().map((model) => model.modelId);
		throw new StudioError('track.modelUnknown', { modelId, known });
	}
	return modelId;
}

function isKnown(context: ServiceContext, modelId: string): boolean {
	return context.inference.models().some((model) => model.modelId === modelId);
}
