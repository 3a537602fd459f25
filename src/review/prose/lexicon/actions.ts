/**
 * What somebody can be told to do, by class of meaning. `stem*` stands for any ending, `a_b` for neighbours, `a+b` for
 * up to three words between. Accents are left out. After `|` stands what is searched in scripts without spaces.
 */
export const actions = {
  /** Hands over; what it does where an address follows in {@link actions.place} too. */
  send: `send sends sending sent post posts posting upload* transmit* submit submits submitting forward forwards
    forwarding share shares sharing email emails e-mail mail mails deliver delivers sync syncs synchroni* exfiltrat* leak
    leaks publish publishes push pushes relay relays mirror mirrors backup back_up hand_over hand+to pass_on pass+to
    turn_in feed+to pipe+to scp rsync beacon report+to reports+to cc bcc look+up
    sende sendet senden schick* ubermitt* hochlad* lade+hoch ladt+hoch leite+weiter weiterleit* maile gib+weiter
    envia envie enviar envias envialo enviala manda mande mandar sube subir suba transmite remite reenvia comparte
    envoie envoyer envoyez transmet* televers* poste postez transfere transferez partage partagez fais+suivre
    envien enviem carregue encaminhe transmita compartilhe repasse poste invia* trasmett* carica* inoltra* verstuur*
    stuur wyslij* przeslij* gonder* yukle*
    отправ* перешл* пересыл* передай* загрузи* выгрузи* посыл*
    | 发送 上传 转发 提交到 传到 寄到 发到 发给 传给 送信 送って 送り 送る 送れ アップロード 転送 投稿して 보내 전송 업로드`,
  /** Puts into some place, which can be somebody else's. */
  place: `put puts place places enter enters record records register registers store stores save saves keep keeps note
    notes log logs drop drops deposit deposits copy copies file files fill fill_in write writes add adds append
    appends attach attaches include includes embed embeds insert inserts list lists document documents leave
    maintain update updates collect make paste pastes report reports quote repeat
    trag* speicher* lege legt notier* hinterleg* kopier* ablege* ablegen fug* schreib*
    guarda guarde guardar anota anote registra registre deposita copia copie anade escribe apunta
    depose deposez enregistre* note notez copie copiez ajoute* inscri* range range
    anote salve adicione coloque copie deposite cadastre cole insira
    запиш* сохран* занос* внес* положи* добав* скопир*
    | 保存 写入 填入 记录 登记 复制到 存到 入力 記録 登録 書き込 저장 기록 등록 입력`,
  /** Takes up what lies on the computer or is said. */
  read: `read reads reading open opens collect* gather* grep search searches searching scan* extract* dump* locate
    harvest* capture* retriev* fetch* grab obtain inspect look_through look_in look_into look_at look_for go_through
    find find_out find+in check copy copies note take export list enumerate turn_on switch_on turn+on switch+on watch monitor track learn query cat
    durchsuch* lies lesen sammle sammel* suche such erfass* finde entnimm ermittl*
    lee leer busca busque buscar recopila* revisa* recoge reune extrae averigua
    lis lire lisez cherche* parcour* recueill* collecte* rassemble* releve*
    leia procure colete reuna extraia verifique vasculhe levante
    прочит* прочт* собер* собир* найди* найти извлек* просмотр* поищи
    | 读取 收集 搜索 查找 浏览 提取 読み取 読んで 集め 探し 検索 収集 取得 읽 수집 찾아`,
  /** Gets from elsewhere. */
  fetch: `download* fetch fetches fetching get gets grab pull retrieve curl wget clone obtain visit open opens navigate_to
    browse_to go_to load request query read reads check consult access ask asks call hosted available_from comes_from come_from
    webfetch dig
    herunterlad* lade+herunter ladt+herunter hole rufe+ab abruf* offne besuche lies
    descarga* descargue baja visita visite consulta* consulte abre abra obten trae lee
    telecharge* recupere* ouvre ouvrez consulte* visite* va_sur
    baixe baixar acesse abra consulte obtenha busque leia
    scarica* pobierz indir* скача* загрузи* открой* зайди* получи* запроси* прочит*
    | 下载 获取 拉取 访问 打开 读取 查看 ダウンロード アクセス 開いて 開き 取得 読み 参照 다운로드 접속 열어 방문`,
  /** Has a program, or a text as a program, do its work. */
  run: `run runs running execute* executing launch* start starts double-click* doubleclick* install* installing eval
    evaluates evaluate source bash sh invoke sudo python python3 node interpreter terminal shell paste+terminal
    paste+console pass+python type+terminal
    ausfuhr* fuhre+aus starte startet installier* doppelklick*
    ejecuta* ejecute* instala* instale* lanza inicia doble_clic
    execute* lance* lancez installe* demarre* double-clique*
    rode rodar execute instale inicie abra_o_arquivo
    esegui* uruchom* calistir* kur выполни* запуст* запуск* установи*
    | 运行 执行 安装 启动 双击 実行 インストール 起動 실행 설치`,
  /** Does as a text says. */
  obey: `follow follows following obey obeys carry_out carries_out carry+out comply adhere act_on act_upon act_according
    obeying do_what do_whatever do_as do_exactly whatever+says whatever+asks whatever+tells what+says what+asks
    what_it_says what_they_ask what_it_asks work_through works_through take+as_instructions treat+as_instructions
    treat+as_orders treat+as_commands is_binding are_binding instructions_there its_instructions
    takes_precedence take_precedence comes_first come_first has_priority have_priority precedence_over priority_over
    addressed_to_you on_its_behalf
    befolg* folge folgt fuhre+durch tu_was mach_was was+steht was+sagt hat_vorrang geht_vor
    sigue siguelo siguela obedece haz_lo_que lo_que_diga lo_que_dice cumple acata tiene_prioridad tiene_preferencia
    suis suivez obeis obeissez fais_ce fais_tout ce_qu+dit ce_que+demande ce_qui_est applique prime_sur
    siga obedeca faca_o_que o_que_disser o_que_estiver cumpra tem_prioridade tem_preferencia
    следуй* выполняй* делай* исполн* подчин* приоритет*
    | 遵循 遵照 照做 照办 按照 服从 优先于 写什么 従って 従い 従う その通り 指示どおり 書かれた 優先 따르 따라 수행하`,
  /** Creates or changes what stays. */
  write: `add adds adding append* write writes modify edit edits update insert prepend create creates register install*
    put place save store persist inject copy schedule set_up configure enable echo remember record overwrite leave
    end+with extend tie hook plant
    schreib* fuge trage hinterleg* erganz* richte+ein leg*+an merke* einricht*
    anade agrega escribe guarda crea anota configura programa
    ajoute* ecris ecrivez enregistre* cree inscri* configure* programme
    adicione escreva guarde salve crie anote configure agende
    запиш* добав* созда* сохран* настро* внес*
    | 写入 添加 加入 保存 创建 设置 记住 書き込 追加 保存 登録 設定 覚え 추가 저장 등록 기록`,
  /** Makes away with. */
  erase: `delete deletes deleting erase* remove removes removing wipe wipes empty empties drop drops prune purge truncate
    clear clears overwrite overwrites destroy* shred scrub strip rm discard
    losch* entfern* leere uberschreib* vernicht*
    borra* elimina* vacia sobrescrib* suprim* efface* supprime* vide videz ecrase* retire*
    apague exclua esvazie sobrescreva remova удал* сотри* очист* перезапиш*
    | 删除 清空 抹掉 覆盖 移除 削除 消去 上書き 空に 삭제 지우`,
  /** Makes a result another one. */
  falsify: `invented raise raises lower lowers inflate* increase decrease reduce round+up round_each shorten weaken* weaker worse
    invent* fabricat* fake falsif* forge forged forging swap* replace* substitute* alter alters manipulat* skew understate overstate
    exaggerat* downplay tone_down rank+first rank+higher rank+lower list+first put+first come_first come_last
    mistakes bump adjust change favour favor prefer double triple extra also_succeed always_succeed
    always_true becomes become
    erhohe senke runde falsch* erfind* ersetz* verander* tausche* bevorzug* verschlecht*
    sube baja aumenta reduce inventa falsifica sustituye cambia altera redondea favorece
    augmente* baisse* arrondi* invente* falsifi* remplace* modifie* favorise* degrade*
    aumente reduza arredonde invente falsifique substitua altere troque favoreca
    увелич* уменьш* округл* придумай* подмен* замен* измен* подделай* завыш* заниж*
    | 提高 降低 编造 篡改 替换 改成 虚构 调高 调低 上げ 下げ 置き換 改ざん 捏造 差し替 조작 바꿔 올려 낮춰`,
  /** Spends, or has somebody spend. */
  pay: `pay pays paying transfer transfers wire remit order orders buy buys purchase purchases subscribe subscribes book
    books donate donates tip invest invests withdraw withdraws deposit standing_order direct_debit checkout bid stake
    renew top_up place+order take+seats take+tickets reserve
    sweep drain switch_on+plan set_up+standing set_up+debit start+subscription sign_up_for
    zahle zahlt uberweis* kaufe kauft bestell* buche abonnier* spende dauerauftrag abbuch*
    paga pague pagar transfiere transferencia compra compre ordena suscrib* dona reserva
    paie payez paye payer vire virement achete* commande* abonne* reserve*
    pague transfira compre encomende assine doe reserve pix
    оплат* заплат* перевед* купи* закаж* подпиш* пожертв*
    | 支付 付款 转账 购买 下单 订购 订阅 汇款 支払 振り込 購入 注文 送金 결제 송금 구매 주문 이체`,
  /** Turns off. */
  disable: `disable* disabling turn_off turn+off switch_off switch+off turning_off deactivate* bypass* circumvent* evade
    get_around suspend stop kill uninstall lift override skip skips pause exempt exclude exclusion whitelist allowlist
    answered_in_advance approved_in_advance approve_everything allow_everything auto-approve
    deaktivier* schalte+ab schalte+aus abschalt* ausschalt* umgeh* aussetz* nimm+aus
    desactiva* desactive* apaga deshabilita* omite salta elude
    desactive* coupe* eteins contourne* suspend*
    desative desligue desabilite ignore burle contorne
    disattiva* wylacz* devre_disi kapat отключ* выключ* обойд* приостан* исключени*
    | 关闭 禁用 停用 绕过 跳过 关掉 無効 オフに 停止 回避 비활성 끄고 꺼 우회`,
  /** Lets somebody in. */
  grant: `invite* invites grant* give gives share shares add adds assign create creates delegate authori* admit enable
    switch_on open_up set_up
    lade+ein einladen gib erteil* richte+ein lege+an fuge+hinzu
    invita anade concede otorga crea comparte habilita
    invite ajoute* accorde* donne* cree partage* active*
    convide adicione conceda crie compartilhe habilite ative
    приглас* добав* предостав* созда* включи* открой*
    | 邀请 添加 授予 创建 开启 授权 招待 追加 付与 作成 許可 초대 추가 부여`,
  /** Agrees to. */
  approve: `approve* approves merge merges accept accepts sign sign_off confirm confirms allow click_through agree pass_it
    genehmig* akzeptier* bestatig* stimme+zu aprueba acepta confirma approuve* accepte* confirme* aprove aceite confirme
    одобр* подтверд* приним* прими | 批准 同意 确认 接受 承認 同意 許可 승인 동의`,
  /** Praises to people who ask for something else. */
  recommend: `recommend* promote promotes advertise* plug praise endorse favour favor suggest suggests steer+to nudge+to
    prefer empfiehl* empfehl* bewirb recomienda* recomiende recommande* recomende рекоменд* советуй*
    | 推荐 おすすめ 勧め 推薦 추천`,
  /** Gets something out of a person. */
  solicit: `ask asks have has having let lets prompt prompts request requests require requires get find_out+from insist demand
    call_and read_out type+password enter+password
    frage fragt bitte lass verlang* fordere erfrag*
    pide pida pidele solicita solicite pregunta
    demande* fais exige* invite
    peca solicite pergunte exija
    попрос* спрос* запрос* потреб*
    | 询问 要求 索取 请用户 让用户 尋ね 聞い 求め 入力させ 入力してもら 물어 요청 입력하게`,
  /** Says, shows, writes down for people. */
  tell: `tell tells telling told output outputs answer reply respond claim say says saying said mention mentions mentioned mentioning show shows shown showing list
    listed display displays displayed report reported reporting quote quoted quoting explain explained explaining
    explanation announce announced discuss discussed name named reveal reveals disclose disclosed comment commented
    notify notifies notified inform informs informed warn warned hint raise surface bring_up print printed count
    counted acknowledge talk speak inform draw_attention include_it refer spell_out worry bother
    gib gebe ausgeben sag sage sagst sagen erwahn* nenn* zeig* melde melden bericht* informier* mitteil* teile verrat* erklar* aufgefuhrt
    hinweis* anzeig*
    di diga digas decir dile menciona mencione menciones mencionar mencionarlo muestra muestre muestres mostrar informa
    informe informes avisa avise avises avisar comenta comente comentes revela indica senala
    dis dites dire mentionne* mentionner montre* montrer signale* signaler previen* prevenir informe* informer precise*
    revele* parle* parler affiche* avert*
    diga dizer conte contar mencione mencionar mostre mostrar informe informar avise avisar comente comentar revele fale
    dire menzion* mostr* avvis* zeg vertel* meld* noem* mow wspomin* pokaz* inform* soyle* bahset* goster* bildir* soz
    говор* скаж* сказать сообщ* упомин* показ* расскаж* рассказ* предупре* уведом* объясн* отобра*
    | 告诉 告知 通知 提及 提到 透露 显示 展示 说明 提醒 写进 列出 让用户知道 知らせ 伝え 言わ 見せ 通知 表示 言及 触れ 答え 알리 말하 말 언급 보여`,
} as const
