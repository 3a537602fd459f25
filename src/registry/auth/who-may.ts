// Who may make a call: by a key with the permission, or signed in to the console with a role that has it.
export const publishers = { scope: 'write:publish', dashboard: true } as const
export const reviewers = { scope: 'review:write', dashboard: true } as const
export const publishersOrReviewers = { scope: ['write:publish', 'review:write'], dashboard: true } as const
/** Of an account. */
export const accountAdministrators = { scope: 'write:account', dashboard: true } as const
export const fleetReaders = { scope: ['read:installs', 'write:fleets'], dashboard: true } as const
export const fleetAdministrators = { scope: 'write:fleets', dashboard: true } as const
export const bundleAdministrators = { scope: 'write:bundles', dashboard: true } as const
/** Of the registry. */
export const administrators = { scope: 'admin', dashboard: true } as const
