/** A model process that takes every request and answers none. */
setInterval(() => {}, 60_000);
process.on('message', () => {});
process.on('disconnect', () => process.exit(0));
