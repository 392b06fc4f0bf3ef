/** How much of a scenario `interleaf export` runs to see what its model needs. */
export const exportDefaults = { maxStates: 10_000_000, walks: 20_000 } as const;
