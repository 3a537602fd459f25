import type { z } from 'zod'
import type { listSkills } from '../bridge/operations/list-skills.ts'
import type { recipesPublishRequest } from '../bridge/operations/recipes-publish-request.ts'
import type { requestInstall } from '../bridge/operations/request-install.ts'
import type { getRequest, listRequests, withdrawRequest } from '../bridge/operations/requests.ts'
import type { runSkill } from '../bridge/operations/run-skill.ts'
import type { cancelRun, getRun, listRuns } from '../bridge/operations/runs.ts'
import type { searchSkills } from '../bridge/operations/search-skills.ts'
import type { shareToken } from '../bridge/operations/share-token.ts'
import type { showSkill } from '../bridge/operations/show-skill.ts'

/** The bridge's own declarations: what a call takes and gives is said there and nowhere else. */
interface Declared {
  search_skills: typeof searchSkills
  show_skill: typeof showSkill
  list_skills: typeof listSkills
  request_install: typeof requestInstall
  share_token: typeof shareToken
  recipes_publish_request: typeof recipesPublishRequest
  get_request: typeof getRequest
  list_requests: typeof listRequests
  withdraw_request: typeof withdrawRequest
  run_skill: typeof runSkill
  get_run: typeof getRun
  list_runs: typeof listRuns
  cancel_run: typeof cancelRun
}

export type OperationName = keyof Declared
export type InputOf<N extends OperationName> = z.input<Declared[N]['input']>
export type OutputOf<N extends OperationName> = z.output<Declared[N]['output']>

/** How each is called over REST; a test holds it against the bridge's own table. */
export const routes: Readonly<
  Record<OperationName, readonly [method: 'GET' | 'POST' | 'DELETE', path: string]>
> = {
  search_skills: ['GET', '/skills'],
  show_skill: ['GET', '/skills/{slug}'],
  list_skills: ['GET', '/installed'],
  request_install: ['POST', '/requests'],
  share_token: ['POST', '/requests/share'],
  recipes_publish_request: ['POST', '/requests/publish'],
  get_request: ['GET', '/requests/{id}'],
  list_requests: ['GET', '/requests'],
  withdraw_request: ['DELETE', '/requests/{id}'],
  run_skill: ['POST', '/runs'],
  get_run: ['GET', '/runs/{runId}'],
  list_runs: ['GET', '/runs'],
  cancel_run: ['DELETE', '/runs/{runId}'],
}
