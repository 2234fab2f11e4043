// Loaded before a service that a development tool starts: when the tool is gone, however it ended, the service
// is told to stop as by an operator. In production nothing loads it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// An open channel alone must not keep a stopped service alive.
process.channel?.unref();
