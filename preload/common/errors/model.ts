/** Errors of the model area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const modelErrors = {
	'model.unknown': ({ modelId, known }: { modelId: string; known: string[] }) =>
		`There is no model "${modelId}" here. Choose one of: ${known.join(', ')}`,
	'model.idTaken': ({ modelId }: { modelId: string }) =>
		`There is a model "${modelId}" already. Choose another id (--as), or remove that one first`,
	'model.builtin': ({ modelId }: { modelId: string }) =>
		`${modelId} ships with Masklet: it cannot be removed or renamed, and there is no file of it to show`,
	'model.nameTaken': ({ name, modelId }: { name: string; modelId: string }) =>
		`Names tell models apart, and ${modelId} is called "${name}" already. Choose another name`,
	'model.noWeights': ({ modelId }: { modelId: string }) =>
		`Masklet keeps no weights file of ${modelId}, so there is nothing to free`,
	'model.missing': ({ modelId }: { modelId: string }) =>
		`This project uses the model ${modelId}, which is not on this machine; the built-in one is used until you add it`,
	'model.processDied': ({ reason }: { reason: string }) =>
		`The process that runs models ended in the middle of this (${reason}). What was done is kept; it starts anew when you try again`,
	'model.processHung': ({ seconds }: { seconds: number }) =>
		`The process that runs models gave no sign for ${seconds} s and was ended. What was done is kept; it starts anew when you try again`,
	'model.interrupted': () =>
		'The process that runs models ended while another model was at work. What was done is kept; the rest is done by the next one',
	'model.notStarted': ({ reason }: { reason: string }) =>
		`The process that runs models could not be started: ${reason}. Close other programs to free memory, or install the application again`,
	'model.pictureSize': (size: { width: number; height: number; expectedWidth: number; expectedHeight: number }) =>
		`Every frame of a video has one size: this one is ${size.width}x${size.height}, the video ${size.expectedWidth}x${size.expectedHeight}. Import the video again`,
	'prompt.none': () => 'A mask needs at least one prompt. Click the object, or draw a box around it',
	'prompt.outside': ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) =>
		`A click has to be inside the picture of ${width}x${height} pixels; this one is at ${x}, ${y}`,
	'prompt.boxOutside': ({ width, height }: { width: number; height: number }) =>
		`A box has to cover a part of the picture of ${width}x${height} pixels. Draw it over the object`,
	'weights.truncated': (data: { neededBytes: number; foundBytes: number }) =>
		`The weights file ends too early: it needs ${data.neededBytes} bytes and has ${data.foundBytes}. Download it again`,
	'weights.damaged': (data: { reason: string }) =>
		`The weights file is damaged: ${data.reason}. Download it again, or save it again where it was made`,
	'weights.unknownFormat': (data: { found: string }) =>
		`A weights file is a .pt checkpoint or a .safetensors file; this one starts with ${data.found}. Choose another file`,
	'weights.oldFormat': () =>
		'The weights file was saved in the format of PyTorch before 1.6. Load it in PyTorch and save it again',
	'weights.script': () =>
		'The weights file is a TorchScript program, and Masklet reads weights only. Save its state_dict instead',
	'weights.compressed': (data: { entry: string }) =>
		`A checkpoint holds its tensors uncompressed; ${data.entry} is compressed. Save it again with torch.save`,
	'weights.tooLarge': (data: { part: string; sizeBytes: number; limitBytes: number }) =>
		`The ${data.part} of a weights file may have ${data.limitBytes} bytes; here it has ${data.sizeBytes}. This is no SAM 2 checkpoint`,
	'weights.code': (data: { name: string }) =>
		`The weights file asks to run ${data.name}, and Masklet runs nothing from a file. Save it again with tensors alone: torch.save({'model': state_dict})`,
	'weights.opcode': (data: { opcode: string }) =>
		`The weights file uses the pickle instruction ${data.opcode}, which no state dict needs. Save it again with tensors alone: torch.save({'model': state_dict})`,
	'weights.noTensors': () =>
		"The weights file holds no tensors, neither at the top nor under 'model'. Choose a SAM 2 or 2.1 checkpoint",
	'weights.numberType': (data: { key: string; found: string }) =>
		`Weights are numbers with a point (float32, float16, bfloat16 or float64); ${data.key} is ${data.found}. Convert it and save the file again`,
	'weights.sam1': () => 'This is a checkpoint of the first SAM, which knows no video. Choose a SAM 2 or 2.1 checkpoint',
	'weights.transformersLayout': () =>
		'This file has the layout of the transformers library. Choose the original checkpoint, whose keys start with image_encoder.trunk',
	'weights.otherNetwork': (data: { key: string }) =>
		`This is not a SAM 2 checkpoint: it lacks image_encoder.trunk and has ${data.key}. Choose a SAM 2 or 2.1 checkpoint`,
	'weights.unknownSize': (data: { channels: number; blocks: number }) =>
		`SAM 2 comes as tiny, small, base plus and large; none has ${data.blocks} blocks from ${data.channels} channels. Choose a checkpoint of one of these`,
	'weights.missing': (data: { key: string; expected: string; network: string }) =>
		`The checkpoint of ${data.network} lacks ${data.key} (${data.expected}). Choose a complete checkpoint`,
	'weights.extra': (data: { key: string; found: string; network: string }) =>
		`The checkpoint has ${data.key} (${data.found}), which ${data.network} does not use. Choose a checkpoint of the unchanged network`,
	'weights.shape': (data: { key: string; expected: string; found: string; network: string }) =>
		`In a checkpoint of ${data.network}, ${data.key} is ${data.expected}; here it is ${data.found}. Choose a checkpoint of the unchanged network`,
	'weights.changed': (data: { path: string }) =>
		`The weights file was changed while it was read. Wait until it is complete and add it again: ${data.path}`,
	'model.notCompiled': (data: { folder: string }) =>
		`This folder holds no model that Masklet made. Add the weights file again: ${data.folder}`,
	'model.outdated': (data: { folder: string }) =>
		`This model was made by another version of Masklet. Add the weights file again: ${data.folder}`,
	'model.noModes': ({ modelId, mode }: { modelId: string; mode: string }) =>
		`${modelId} has no mode "${mode}". Choose a SAM 2 model, and half the size only for one that was added at 1024`,
	'model.weightsGone': (data: { path: string }) =>
		`This mode needs graphs of its own, made of the model's weights file, which has moved. Put it back, or remove the model and add it again: ${data.path}`,
	'model.sourceGone': (data: { path: string }) =>
		`A new version of Masklet has to make this model again, and its weights file has moved. Add it again: ${data.path}`,
} as const;
