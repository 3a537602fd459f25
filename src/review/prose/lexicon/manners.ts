/** How it is to be done, before whom and on whose word; notation as in actions.ts. */
export const manners = {
  not: `not no never nothing nobody none don't doesn't isn't aren't won't needn't mustn't shouldn't can't cannot without
    instead_of avoid refrain leave_out leave+out omit omits omitted skip keep+out kept+out leave_unmentioned hide hides hidden
    conceal* suppress* withhold
    nicht nichts nie niemals kein keine keinen ohne verschweig* lass+weg weglass*
    no nunca jamas nada sin ni omite omita oculta oculte
    ne n pas jamais rien sans inutile cache* tais omets
    nao nunca nada sem jamais omita oculte esconda
    non niet geen nie bez senza
    не никогда ничего без нельзя скрыва* скрой* умолч* втайне незаметно
    | 不要 不必 无需 无须 别 切勿 请勿 不用 隐瞒 瞒着 悄悄 偷偷 暗中 不得 ない ずに せず こっそり 内緒 隠し 않 말고 마세요 몰래`,
  /** Who is to be kept in the dark, asked or talked into something. */
  audience: `user users user's person person's people human humans owner owners them him her anyone anybody someone somebody
    nobody customer customers client clients tenant tenants patient patients reader readers teacher teachers student
    students colleague colleagues staff employee* team reviewer reviewers approver* traveller* traveler* guest guests
    parent parents candidate* manager visitor* author authors admin administrator they everyone operator organisation
    organization us
    nutzer* benutzer* person personen anwender* kunde* kunden mieter* team leser* kollege* kollegen niemand niemandem jemand
    usuario usuarios persona personas cliente clientes nadie equipo lector
    utilisateur* personne personnes client clients voyageur* equipe lecteur lui leur
    usuario usuarios pessoa pessoas cliente clientes ninguem equipe
    utente persona uzytkownik* gebruiker* kullanici*
    пользовател* человек* людям людей клиент* никому владелец владельц* заказчик*
    | 用户 使用者 客户 他们 对方 任何人 ユーザー 利用者 本人 相手 사용자 고객 이용자`,
  /** What has just been said to do. */
  step: `it this that these those them step steps upload request requests transfer transfer line note notes entry entries
    paragraph section rule file message sync backup install installation command process change changes call calls check
    hook job order orders payment payments figure leaflet's addition reason why anything something
    es das dies diese dieser davon daruber schritt anfrage eintrag ubertragung
    lo la esto eso ello paso envio solicitud
    le la cela ca en l' etape envoi demande y
    o a isso isto disso passo envio nada
    это этого этом об_этом шаг запрос запись
    | 这 此 它 步骤 请求 これ それ この その 이 그것 이를`,
  /** As if nothing happened. */
  quiet: `silently quietly secretly covertly discreetly stealthily invisibly unnoticed behind_the_scenes
    in_secret between_us as_your_own as_its_own as_if+person as_if_nothing as_if+user nobody_notices no_trace no_traces still_looks_complete
    looks_complete looks_the_same so_it_looks looks_like_the_person without_a_word no_one_is_watching no_one_looks
    nobody_looks needn't_be_said goes_unnoticed unsuspicious inconspicuous* not_attract not_draw before_they_notice
    before_anyone usually_busy is_busy is_asleep while_nobody keep_a_low_profile
    heimlich unbemerkt unauffallig stillschweigend
    en_silencio discretamente a_escondidas silenciosamente en_secreto como_si_nada
    discretement silencieusement en_cachette a_l'insu en_silence comme_si_de_rien
    em_silencio discretamente escondido em_segredo sem_que+perceba
    тихо незаметно тайно скрытно втайне без_ведома
    | 静默 悄悄 偷偷 暗中 瞒着 こっそり 密かに 黙って 気づかれない 몰래 조용히`,
  /** For the case that somebody asks. */
  ifAsked: `if_asked when_asked if+asks when+asks whoever_asks who_asks who_ask if+notices if+notice if+wonders if+questions if+complains
    if+objects should+ask in_case+asks on_request_say are_told is_told
    auf_nachfrage wenn+fragt falls+fragt si+pregunta si_pregunta* si+demande si_on_demande se+perguntar se_perguntar*
    если+спрос* если+замет* на_вопрос* | 如果用户问 若被问 问起 如有人问 聞かれた 尋ねられた 問われた 물어보면`,
  /** What calms a person down. */
  soothe: `normal routine standard harmless safe expected customary usual known_problem formality only_local locally random
    quirk nothing_to_worry maintenance optimisation optimization clerical calculating required_by compatibility 
    false_alarm false_positive* misunderstanding coincidence temporary cleaned_up network_error so_set_up
    normales ublich standardmassig harmlos formalitat lokal_gespeichert
    normal rutina inofensivo estandar habitual
    normal normale habituel* sans_danger formalite
    normal rotina padrao inofensivo
    стандартн* нормальн* безопасн* обычн* настроил*
    | 正常 常规 标准 安全的 例行 普通の 通常 正常 安全です 計算中 標準 정상 정리했`,
  /** Nobody decides it each time. */
  unasked: `automatically without_asking without_confirmation without_confirming without_approval without_waiting right_away
    straight_away immediately at_once in_advance on_behalf without_permission without_consent without_review
    without_reading before_anything before_any before_you_answer before_everything no_confirmation whatever_payment
    afterwards_tell day_before while_people_think don't_ask don't_wait do_not_ask do_not_wait unprompted by_itself
    automatisch ohne_zu_fragen ohne_ruckfrage sofort ungefragt vorab
    automaticamente sin_preguntar sin_confirmar de_inmediato sin_esperar
    automatiquement sans_demander sans_confirmation aussitot immediatement
    automaticamente sem_perguntar sem_confirmar imediatamente
    автоматически без_подтвержден* не_спрашивая сразу
    | 自动 无需确认 不经确认 立即 直接 自動的 確認なし 勝手に 自動 자동으로 확인_없이`,
  /** From now on, not only in this task. */
  lasting: `always from_now_on permanently for_good forever in_future all_later every_later each_session every_session future_sessions
    all_sessions every_conversation all_conversations later_sessions later_tasks all_tasks survives leave_it_like_that
    stays_on not_switch_back every_start don't_turn_it_back
    immer kunftig dauerhaft ab_jetzt ab_sofort siempre a_partir_de_ahora para_siempre en_adelante
    toujours desormais dorenavant definitivement sempre a_partir_de_agora para_sempre daqui_em_diante
    всегда отныне впредь навсегда | 从现在起 以后 永久 每次 今后 今後 常に 永久 毎回 앞으로 항상 영구`,
  /** Overrides a person's word. */
  against: `if+objects+anyway if+objects if+refuses+anyway if_the_user_removes if_the_user_uninstalls if_they_remove put_it_back bring_it_back
    reinstall_itself even_if+objects even_if+refuses even_if+declines even_when+objects whatever_the_user whatever_they_say
    whatever+person+wants over_the_user's against+wishes are_to_be_ignored is_to_be_ignored
    despite+objection despite+objections ignore_requests+stop don't_answer_until must_not_answer sin_eso_no
    auch_wenn+nicht aunque+pida aunque+no_quiera aunque+se_oponga malgre_son malgre_l' mesmo_que+peca
    несмотря_на_возраж* вопреки_вол* | 即使用户 不管用户 无论用户 优先于用户 たとえ嫌 たとえ拒 たとえ断 拒否しても 무시하고`,
  /** Somebody's word that is claimed. */
  authority: `notice_of_the message_from_the notice_from_the order_of_the directive_of by_regulation regulation_requires official_notice
    compliance_notice user_has_agreed users_have_agreed person_has_agreed owner_has_agreed has_been_informed
    have_been_informed have_consented has_consented rank_of_a_system status_of_a_system from_your_operators from_your_operator already_approved already_agreed already_consented is_pre-approved
    are_pre-approved preapproved by_the_administrator's in_the_name_of_the on_the_authority
    im_auftrag genehmigt_von bereits_genehmigt por_orden aprobado_por ya_autorizado sur_ordre deja_approuve approuve_par
    por_ordem aprovado_por ja_autorizado по_приказу уже_одобр* | 官方通知 已获批准 已授权 管理员要求 公式通知 承認済み 이미_승인`,
  /** A party that is to come off better or worse, a word that opens, or an excuse. */
  partial: `whatever+did whatever+says whatever_it_is whatever_they if_need_be rarely_understand mostly_overestimate
    nobody_uses_them nobody_checks nobody_looks don't_look always_come_first always_first of_the_group competitor competitors
    code_word codeword our_partner our_own our_shop sooner used_up the_author's so_that+buys opened_to_whoever
    succeed_for also_accepts also_succeeds
    immer_zuerst gleich_was siempre_primero toujours_en_premier sempre_em_primeiro всегда_первым
    | 无论事实 总是排第一 必ず一番`,
} as const
