/** What every program asks the market for. */
export const order = {
  demand: { workload: { imageTag: "golem/alpine:latest" } },
  market: {
    rentHours: 0.5,
    pricing: { model: "linear", maxStartPrice: 1, maxCpuPerHourPrice: 1, maxEnvPerHourPrice: 1 },
  },
};

/** Runs `work` while connected, and leaves in good order whatever happens. */
export async function connected(golem, work) {
  try {
    await golem.connect();
    await work();
  } finally {
    await golem.disconnect();
  }
}
