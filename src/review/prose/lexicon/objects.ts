/** What it can be done to, by class; notation as in actions.ts. Places on the disk are in places.ts. */
export const objects = {
  /** Opens accounts, or is asked for by thieves only. */
  credential: `password passwords passphrase* passcode passcodes credential credentials private_key private_keys ssh_key
    ssh_keys seed_phrase* recovery_phrase* recovery_words mnemonic secret_phrase wallet_file wallet_key* keychain*
    keyring session_cookie* cookies login_data logins one-time_code* one-time_password* two-factor_code* 2fa_code*
    verification_code* device_code* otp tan tans card_number* cvv cvc pin pins identityfile service_account kubeconfig
    kubectl_get_secrets state_file vault_token access_token* refresh_token*
    passwort passworter kennwort* zugangsdaten schlussel geheimzahl kartennummer*
    contrasena* clave claves credenciales frase_semilla
    mot_de_passe mots_de_passe identifiants cle_privee cles code_secret
    senha senhas credenciais chave_privada cartao
    парол* логин* ключ ключи ключей учетны* секрет* сид-фраз*
    | 密码 口令 私钥 助记词 凭证 凭据 验证码 银行卡号 卡号 パスワード 暗証番号 秘密鍵 認証情報 カード番号 クッキー 비밀번호 쿠키 인증번호 개인키`,
  /** Any key, the skill's own among them. */
  key: `key keys api_key* token tokens secret secrets environment_variable* env environment`,
  /** Not one thing that is needed, but whatever there is. */
  whichever: `any all every each whatever found existing available other stored cached saved whole entire complete full
    everything everyone verbatim word_for_word copy copies alle jede* samtliche* ganze* wortlich todo todos toda todas cada
    tout tous toutes chaque tudo cada все всё всех каждый каждого | 所有 全部 每个 任何 一切 すべて 全て 全部 毎回 모든 전체`,
  /** What was said between a person and an agent, and what the agent was told. */
  conversation: `conversation conversations chat_history chat_log* this_chat full_chat whole_chat entire_chat transcript transcripts dialogue system_prompt* system_message
    system_instructions hidden_instructions prompts previous_messages all_messages message_history user_message
    users_question* users_input context_window everything+said everything+you+said everything+person+said everything+written said_so_far memories
    gesprach* unterhaltung* chatverlauf systemanweisung* system-prompt systemprompt bisherigen_nachrichten
    conversacion conversaciones mensajes_anteriores instrucciones_del_sistema
    conversation conversations echange* messages_precedents invite_systeme
    conversa conversas mensagens_anteriores prompt_do_sistema
    переписк* разговор* диалог* системн*+промпт* системн*+инструкц*
    | 对话 聊天记录 会话 系统提示 会話 やり取り システムプロンプト 대화 시스템_프롬프트`,
  /** A person's life: who they are, where, with whom, with what. */
  personal: `inbox mailbox mails emails contacts address_book calendar calendars private_messages direct_messages
    text_messages messages photo photos pictures selfie* browsing_history browser_history clipboard screenshot*
    microphone webcam camera location whereabouts coordinates gps address addresses postal_address home_address
    phone_number* date_of_birth birthday passport passports id_card* identity_card* identity_document* driving_licence
    driver's_license ssn social_security insurance_number tax_number tax_id tax_return* iban bank_statement* account_number*
    account_balance* income salary salaries medical diagnosis health_record* prescription* names surname full_name
    their_name the_name child children school partner family employer cv cvs resume candidate patient visitor* participants attendees maiden_name first_school first_pet due_date
    expiry security_code
    fingerprint* alarm_code* keys_are_kept nobody_is_home not_at_home absence absences away personal_data
    personal_information private_data private_files home_folder documents_folder floor_plan*
    postfach* kontakte kalender adressbuch fotos ausweis* personalausweis* geburtsdatum adresse anschrift gehalt
    krankmeldung* standort steuernummer bankdaten kontoauszug* vor-_und_nachname* namen
    contactos agenda calendario fotos ubicacion direccion dni pasaporte fecha_de_nacimiento nomina correos
    contacts photos passeport* adresse* carte_d'identite releve* bancaire* bancaires salaire position geographique
    contatos fotos localizacao endereco cpf rg passaporte comprovante* extrato* nascimento
    контакт* фото* адрес* паспорт* местополож* календар* почт* снилс инн зарплат*
    | 联系人 通讯录 照片 位置 地址 身份证 护照 电话号码 银行账单 病历 工资 連絡先 写真 位置情報 住所 パスポート 明細 電話番号 生年月日 연락처 사진 위치 주소 주민등록 명세서`,
  /** What people work on. */
  work: `document documents contract contracts file files folder folders manuscript* draft drafts notes note text texts
    source code diff diffs repository config configuration settings logs log answer answers reply replies result
    results output outputs input inputs content contents recording recordings minutes report reports invoice invoices
    receipt receipts list table tables data records database form map scan scans mail message submission* essay
    essays translation* letter letters plan plans question questions request
    dokument* vertrag vertrage datei dateien ordner notizen antwort* ergebnis* inhalt* eingabe* rechnung* liste
    documento* contrato* archivo* carpeta* nota notas respuesta* resultado* contenido factura*
    document* contrat* fichier* dossier* notes reponse* resultat* contenu facture* piece pieces
    documento* contrato* arquivo* pasta* notas resposta* resultado* conteudo fatura*
    документ* договор* файл* папк* заметк* ответ* результат* содержим* данные
    | 文件 文档 合同 内容 笔记 结果 回答 数据 ファイル 文書 書類 内容 回答 結果 データ 파일 문서 내용 결과 데이터`,
  /** What agents read at the start, in words; the files are in places.ts. */
  standing: `long-term_memory permanent_memory persistent_memory your_memory own_memory assistant's_memory agent's_memory
    standing_instructions global_instructions custom_instructions user_rules system_prompt remember_permanently
    remember+always remember+forever remember_for_good dauerhaft* gedachtnis memoria_permanente memoria_del_asistente
    memoire_permanente memoria_permanente_do_assistente постоянн*_памят* долговременн*_памят*
    | 长期记忆 永久记忆 记忆里 永続メモリ 長期記憶 영구_메모리`,
  /** What starts by itself. */
  autostart: `cron crontab cron_job cronjob launchd launchagent* launchdaemon* systemd login_item* startup_folder startup_item*
    startup_script* autostart scheduled_task* schtasks shell_profile shell_startup every_start_of git_hook git_hooks
    pre-commit post-commit post-merge background_service boot_script at_startup each_startup on_boot starts_with_the_computer
    autostart* anmeldeobjekt* aufgabenplanung al_arrancar inicio_automatico au_demarrage demarrage_automatique na_inicializacao
    автозагруз* автозапуск* | 开机启动 开机自启 计划任务 自启动 自動起動 スタートアップ 자동_시작`,
  /** What protects a computer, an account or a service. */
  protection: `antivirus anti-virus virus_scanner virus_protection gatekeeper defender smartscreen firewall
    system_integrity_protection selinux apparmor real-time_protection endpoint_protection edr tamper_protection uac
    security_software malware_protection xprotect quarantine two-factor multi-factor mfa
    certificate_check* certificate_verification signature_check* signature_verification tls_verification
    disk_encryption filevault bitlocker
    virenschutz virenscanner echtzeitschutz schutz_in_echtzeit cortafuegos proteccion_en_tiempo_real pare-feu
    protection_en_temps_reel protecao_em_tempo_real
    антивирус* брандмауэр* защит*_в_реальном защитник* | 杀毒 防火墙 安全软件 实时保护 ウイルス対策 ファイアウォール リアルタイム保護 백신 방화벽 실시간_보호`,
  /** What holds an agent. */
  guard: `sandbox* sandboxing permission_check* permission_prompt* permission_system permission_dialog* approval_check*
    approval_prompt* approval_gate* approvals approval safety_check* safety_filter* safety_guard* guardrail* safety_rule*
    safety_measure* safety_setting* security_check* security_prompt* security_control* security_restriction* security_polic*
    content_filter* tool_restriction* network_rules network_restriction* closed_environment confirmation_prompt*
    sandbox_regeln berechtigungsabfrage* freigabe* sicherheitsabfrage* permisos confirmaciones autorisations confirmations
    permissoes confirmacoes песочниц* подтвержден* разрешени* | 沙箱 沙盒 权限检查 确认提示 审批 サンドボックス 承認 確認画面 権限チェック 샌드박스 승인_절차`,
  /** Money and who gets it. */
  money: `money funds payment payments payout* fee fees balance savings euro euros dollar dollars usd eur usdt usdc btc eth
    sol bitcoin ethereum crypto* tokens coins iban bank_account clearing_account account_in account_number account_below
    beneficiar* payee recipient_account wallet wallet_address card credit_card payment_method saved_card stored_card
    allowance spending_limit subscription care_plan premium_plan paid_plan price bottles tickets seats voucher* gift_card*
    geld konto bankverbindung guthaben zahlungsmittel gutschein* dinero cuenta_bancaria saldo tarjeta fondos
    argent compte_bancaire solde carte_bancaire fonds dinheiro conta_bancaria cartao_salvo
    деньги денег средств* карт* кошел* счет счёт подарочн*
    | 钱 余额 账户 银行卡 钱包 费用 礼品卡 口座 残高 お金 カード 財布 ギフトカード 돈 계좌 잔액 카드 지갑`,
  /** Figures and judgements that others rely on. */
  verdict: `dose doses dosage rating ratings score scores grade grades points rank ranking rankings total totals amount
    amounts price prices figure figures number numbers measurement* statistic* percentage* mark marks verdict diagnosis
    recommendation* citation* source sources quotation* evidence answer answers result results comparison*
    validation check checks test tests assertion* condition conditions limit limits deadline* date dates
    interval intervals address addresses bank_details account recipient wallet_address link links
    dosis bewertung* note noten punkte summe betrag betrage zahl zahlen fristen frist prufung*
    dosis calificacion* nota notas puntos importe total totales cifra* plazo*
    dose note notes points total montant* chiffre* delai*
    dose nota notas pontos valor valores total prazo*
    доз* оценк* балл* сумм* цифр* рейтинг* срок* тест* проверк*
    | 剂量 评分 分数 成绩 金额 数字 排名 日期 测试 评价 用量 点数 評価 金額 順位 数字 成績 テスト 복용량 점수 금액 순위 평점`,
  /** What one goes back to when something went wrong. */
  records: `backup backups snapshot snapshots history audit_log* audit_trail logs log_files log_entries entries traces trace
    evidence trash recycle_bin copies versions tables database databases sent_folder sent_items copy_from_sent original originals
    migration_history reflog lock_file tests
    sicherung* protokoll* verlauf papierkorb copias_de_seguridad registros historial papelera
    sauvegarde* journaux historique corbeille copias_de_seguranca backups historico lixeira
    резервн* журнал* истори* корзин* | 备份 日志 历史 快照 回收站 バックアップ ログ 履歴 백업 로그 기록`,
  /** Other skills and tools. */
  rival: `other_skill* other_skills skills_of_other skills_by_other another_skill competing_skill* other_tools other_plugins
    built-in_tool* each_skill every_skill all_skills other_publishers installed_skills
    andere_skills anderen_skills otras_habilidades otros_skills autres_skills outras_skills outras_habilidades
    другие_навык* других_навык* | 其他技能 別のスキル 他のスキル 다른_스킬`,
  /** Where others can read it, or what goes out by itself. */
  carrier: `public_issue public_tracker public_fork public_repository public_gist public_channel issue_tracker branch_name
    name_the_branch commit_message commit_messages pull_request issue comment comments subdomain subdomains label labels
    name_lookup dns_query dns_queries lookups user-agent referrer referer image_address picture_address query_string url_parameter
    parameter parameters argument arguments tool_call tool_calls sidenote metadata answer answers reply replies summary
    report stylesheet published generated | 参数 参数里 回答 提交信息 引数 コメント 回答 매개변수 답변`,
  /** What keeps a program from doing harm. */
  safeguard: `checks validation validations assertion assertions permission_check* escaping sanitiz* sanitis* authorisation
    authorization rate_limit* lock_file* lockfile package-lock.json packages.lock.json tests guard_clause* signature_check*
    condition conditions limits encryption two-person csrf csp password_check* token_check* comparison comparisons
    prufung* validierung* validacion comprobaciones validation verification* verificacao валидац* | 校验 检查 验证 検証 チェック 검증`,
  /** A way in. */
  access: `admin administrator owner collaborator editor maintainer delegate member full_access write_access read_access
    access administrator_rights admin_rights root_rights remote_login remote_desktop remote_access ssh_access authorized_keys
    user_account new_user the_user_account guest account_with sudoers shared_folder
    administrator* zugriff zugang fernzugriff acceso administrador acces administrateur acesso administrador
    доступ* администратор* | 管理员 访问权限 远程登录 权限 管理者 アクセス権 リモート 관리자 접근_권한 원격`,
} as const
