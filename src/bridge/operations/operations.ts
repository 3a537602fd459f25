import { listSkills } from './list-skills.ts'
import type { Operation } from './operation.ts'
import { recipesPublishRequest } from './recipes-publish-request.ts'
import { requestInstall } from './request-install.ts'
import { getRequest, listRequests, withdrawRequest } from './requests.ts'
import { runSkill } from './run-skill.ts'
import { cancelRun, getRun, listRuns } from './runs.ts'
import { searchSkills } from './search-skills.ts'
import { shareToken } from './share-token.ts'
import { showSkill } from './show-skill.ts'

/** All that an agent may ask for, in the order of the documentation. */
export const operations: readonly Operation[] = [
  searchSkills,
  showSkill,
  listSkills,
  requestInstall,
  shareToken,
  recipesPublishRequest,
  getRequest,
  listRequests,
  withdrawRequest,
  runSkill,
  getRun,
  listRuns,
  cancelRun,
]
