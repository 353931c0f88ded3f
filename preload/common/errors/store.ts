/** Errors of the store area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const storeErrors = {} as const;
