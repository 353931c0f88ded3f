/** Errors of the device area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const deviceErrors = {
	'device.failed': ({ device, reason }: { device: string; reason: string }) =>
		`A model has to run on the device that was chosen for it, and ${device} refused: ${reason}`,
	'device.gaveWay': ({ device, reason, next }: { device: string; reason: string; next: string }) =>
		`${device} is not used for this model any more (${reason}); ${next} takes over. Measure the devices again to give it another try`,
	'device.notHere': ({ device, known }: { device: string; known: string[] }) =>
		`${device} is no device of this machine. Choose one of: ${known.join(', ')}`,
	'device.notInstalled': ({ device }: { device: string }) =>
		`${device} needs ONNX Runtime's NVIDIA libraries, which are not here. Add NVIDIA support first`,
	'device.slow': ({ device, seconds }: { device: string; seconds: number }) =>
		`A step of the measurement may take ${seconds} s, and ${device} gave no sign for longer; it was ended. Choose another device, or measure again when the machine is idle`,
	'device.died': ({ device }: { device: string }) =>
		`The process that measured ${device} ended in the middle of it. Update the driver of the device, or choose another`,
	'device.builtin': () => 'The built-in model runs on the CPU alone. Choose a SAM 2 model to use another device',
	'nvidia.notHere': ({ platform }: { platform: string }) =>
		`ONNX Runtime has NVIDIA libraries for Linux on x64 alone, and this is ${platform}. On Windows DirectML uses NVIDIA cards without them`,
	'nvidia.unreachable': ({ url, reason }: { url: string; reason: string }) =>
		`NVIDIA support is fetched from ONNX Runtime's own feed, which could not be read (${reason}). Check the network and try again: ${url}`,
	'nvidia.unsafeAddress': ({ url }: { url: string }) =>
		`NVIDIA support is fetched over https alone, and the feed named another address: ${url}`,
	'nvidia.noPackage': ({ version }: { version: string }) =>
		`The feed has no NVIDIA libraries for ONNX Runtime ${version}, which this Masklet uses. Update Masklet and try again`,
	'nvidia.damaged': ({ reason }: { reason: string }) =>
		`The package of NVIDIA libraries is not what was published: ${reason}. Nothing of it was kept; try again`,
} as const;
