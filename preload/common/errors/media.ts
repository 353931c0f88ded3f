/** Errors of the media area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const mediaErrors = {} as const;
