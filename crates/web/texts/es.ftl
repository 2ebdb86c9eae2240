# Lo que dicen las páginas y las cartas en español. Una oficina cambia un mensaje escribiéndolo de nuevo en su propio texts/es.ftl.
# Lenguaje claro: frases cortas, sin palabras del sistema. El programa pone los valores entre llaves.

## En torno a cada página
skip-link = Ir al contenido principal
nav-label = Menú
nav-worklist = Lista de trabajo
nav-homes = Residencias
nav-signals = Señales
nav-review = Revisión
nav-sources = Fuentes
nav-problems = Problemas
nav-datasets = Datos
nav-accounts = Cuentas
nav-audit = Auditoría
language-label = Idioma
sign-in = Entrar
sign-out = Salir
done-title = Hecho
warning = Atención
simulated-label = Qué es simulado
footer-data = Datos que puede usar
footer-sources = De dónde vienen los datos
footer-programs = Para programas (API)
footer-contact = Escríbanos
footer-keys = Pulse ? para ver las teclas que puede usar.
keys-title = Teclas
keys-move = siguiente, anterior
keys-open = abrir
keys-select = elegir
keys-judge = iguales, distintos, no sé (en Revisión)
keys-help = esta ayuda
keys-close = Cerrar

## Marcas y cifras
mark-official = oficial
mark-community = comunidad
mark-contributor = aportado
mark-simulated = simulado
figure-unknown = No se sabe lo suficiente
figure-of-five = { $value } de 5
figure-share = { $value }
figure-minutes = { $value } minutos al día
figure-money = { $value } a la semana
figure-difference = { $value } puntos
figure-difference-year = { $value } puntos al año
figure-interval = probablemente entre { $low } y { $high }
figure-interval-short = de { $low } a { $high }
figure-voices = de { $independent ->
    [one] una voz independiente
   *[other] { $independent } voces independientes
 } ({ $kind ->
    [answers] { $voices ->
        [one] una respuesta
       *[other] { $voices } respuestas
     }
    [both] { $voices ->
        [one] una publicación o respuesta
       *[other] { $voices } publicaciones y respuestas
     }
   *[posts] { $voices ->
        [one] una publicación
       *[other] { $voices } publicaciones
     }
 })
figure-voices-short = { $independent ->
    [one] una voz
   *[other] { $independent } voces
 } ({ $kind ->
    [answers] { $voices ->
        [one] una respuesta
       *[other] { $voices } respuestas
     }
    [both] { $voices ->
        [one] una publicación o respuesta
       *[other] { $voices } publicaciones y respuestas
     }
   *[posts] { $voices ->
        [one] una publicación
       *[other] { $voices } publicaciones
     }
 })
view-official = Autoridades
view-community = Residentes
both-views = Autoridades: { $official }. Residentes: { $community }.
gap-community-higher = Los residentes la valoran mejor que las autoridades.
gap-community-lower = Los residentes la valoran peor que las autoridades.
gap-explain = ¿Qué podría explicarlo?
money-a-day = { $money } a la semana
up-to = hasta { $value }
price-of-ceiling = { $price } de un máximo de { $ceiling } a la semana
price-over = por encima del límite
price-unknown = No se conoce el precio
chart-numbers = Las cifras
map-exactness = Los lugares son tan exactos como la localidad: cada residencia se dibuja en el centro de la suya.
map-outlines = Contornos: Natural Earth.
value-yes = sí
value-no = no
value-unknown = no se sabe

## Por qué
why-ask = ¿Por qué?
why-open = Cómo se llegó a esta cifra
why-title = { $home }. { $aspect }: por qué es lo que es
why-went-in = Qué se tuvo en cuenta ({ $total } en total)
why-left-out = Qué contó menos o nada, y por qué
why-nothing = Nadie ha dicho nada sobre esto, así que no hay nada que mostrar. La primera voz lo cambiará.
why-whole = Todo ({ $total }), en una página propia
method-ratings = Lo que dicen los residentes, con voces severas y benévolas llevadas a una misma escala y las copias contadas una vez.
method-survey = Lo que respondieron los residentes cuando se les preguntó, teniendo en cuenta a cuántos se preguntó.
method-combine = Lo que dicen publicaciones y encuestas, juntas; cada una cuenta según lo segura que es.
method-disagreement = La distancia entre lo que dicen residentes y autoridades.
method-change = Una comparación del tiempo anterior con el posterior.
method-official_rating = Lo que publicaron las autoridades, acercado a residencias comparables según envejece o según siguen sanciones.
method-self_report = Lo que una residencia declara de sí misma, junto a lo medido, descontada la distancia habitual entre ambos.
method-trend = Una línea recta por lo dicho en dos años, acercada a cómo cambian las residencias comparables.
method-official_change = Un cambio de las estrellas oficiales que se mantuvo, comparado con cuántas veces esos cambios se revierten.
method-disagreement_signal = Residentes y autoridades dicen cosas claramente distintas; la parte de hallazgos falsos se mantiene baja.
method-coordination_signal = Publicaciones que se copian o llegan en una ráfaga cuentan como pocas voces.
method-filled_in_signal = Filas que comparten los mismos valores más a menudo de lo que permite el azar.
method-placement = Lo bien que una residencia cumple lo que cuenta, con la duda contada en contra.
method-coverage = De cuántas residencias habla al menos una voz independiente.
method-figure-prior_mean = Media de residencias comparables
method-figure-left_out = Dejadas fuera
method-figure-voices = Voces
method-figure-independent_voices = Voces independientes
method-figure-comparable_mean = Media de residencias comparables
method-figure-comparable_share = Parte de las residencias comparables en el resultado
method-figure-half_life_days = Días tras los que una voz cuenta la mitad
method-figure-rounds = Vueltas de cálculo
method-figure-plain_mean = Media simple de lo dicho
method-figure-voices_after_discounts = Voces tras descontar copias y antigüedad
method-figure-levelling_of_severities = Lo que cambió al igualar voces severas y benévolas
method-figure-mean_of_answers = Media de las respuestas
method-figure-asked_as_told = Preguntados, según la fuente
method-figure-asked_read_from_percents = Preguntados, leído de los porcentajes
method-figure-asked_guessed_from_size = Preguntados, estimado por el tamaño de la residencia
method-figure-years_old = Antigüedad en años
method-figure-years_since_sanction = Años desde la última sanción
method-figure-self_report_bias = Cuánto declaran de más las residencias
method-figure-least_gap = Distancia menor que se llama así
method-figure-level = Lo seguro que es el intervalo
method-figure-stars_before = Estrellas antes
method-figure-stars_since = Estrellas desde entonces
method-figure-quarters_held = Trimestres que se mantuvo
method-figure-earlier_jumps = Cambios anteriores
method-figure-counts_as = Cuenta como tantas voces
method-figure-false_discovery = Parte de los hallazgos que puede ser falsa
method-figure-mean_before = Media antes
method-figure-mean_since = Media desde entonces
method-figure-voices_before = Voces antes
method-figure-voices_since = Voces desde entonces
method-figure-strength = Fuerza del cambio
method-figure-slope_of_voices = Puntos al año, solo por las voces
method-figure-cautious_worth = Valor con la duda en contra
method-figure-caution_takes = Lo que quita la duda
method-figure-quantile = Cuánta cautela
method-figure-standard_deviation = Dispersión
method-figure-criteria_unknown = Cosas que no se saben
method-figure-entities = Residencias
method-figure-entities_with_a_voice = Residencias de las que alguien habla
method-figure-voices_needed = Voces necesarias
method-figure-share-of = Parte de «{ $source }»
method-figure-value-of = Lo que dice «{ $source }», sin su diferencia habitual con la primera fuente
contribution-post = Publicación
contribution-comparable_entities = Residencias comparables
contribution-voice = Publicación
contribution-survey_answer = Respuestas a una pregunta
contribution-official_rating = Calificación oficial
contribution-sanction = Sanción
contribution-measured = Medido
contribution-self_reported = Declarado por la residencia
contribution-community = Lo que dicen los residentes
contribution-official = Lo que dicen las autoridades
contribution-voice_since = Publicación desde entonces
contribution-stars_before = Estrellas antes
contribution-stars_since = Estrellas desde entonces
contribution-row = Fila
contribution-overall = En conjunto
contribution-staffing = Personal
contribution-compliance = Cumplimiento
contribution-quality = Calidad
contribution-distance = Distancia
contribution-price = Precio
contribution-trend = Cómo evoluciona
discounted-older_than_sanction = Después hubo una sanción
discounted-self_report_bias = Las residencias suelen declarar de más sobre sí mismas
discounted-counted_as_one = Todas cuentan como pocas voces
discounted-filled_in = Muchas filas comparten estos valores
discounted-nothing_known = No se sabe nada de ello
discounted-copy_of_another = Copia de otra publicación
discounted-burst = Una de muchas en poco tiempo
discounted-acting_together = Cuentas que opinan sobre lo mismo al mismo tiempo, una y otra vez
discounted-same_person_again = La misma persona otra vez
discounted-told_by_another_aspect = se muestra en otro aspecto

## Formularios, listas
form-error = Error:
form-errors = Hay un problema
filters-label = Acotar la lista
filters-apply = Aplicar
filters-clear = Quitar filtros
filter-all = Todos
pager-label = Páginas
pager-summary = { $first } a { $last } de { $total }
pager-none = Ninguno
pager-previous = Anterior
pager-next = Siguiente
timeline-empty = Aún no ha pasado nada.
timeline-withdrawn = retirado
evidence-read-from = Leído de
evidence-version = versión { $version }
column-account = Cuenta
column-alone = Solo este límite excluye
column-because = Porque
column-best = Probabilidad de ser la mejor
column-by = Por
column-cause = Causa
column-changed = Cambió
column-choose = Elegir
column-column = Columna
column-community = Dicen los residentes
column-count = Filas
column-dataset = Conjunto de datos
column-distance = Distancia
column-do = Hacer
column-due = Para cuándo
column-effect = Qué causó
column-excludes = Residencias excluidas
column-filled = Con valor
column-found = Encontrado
column-free = Plazas libres
column-hint = Qué lo arreglaría
column-home = Residencia
column-kind = Tipo
column-licence = Licencia
column-limit = Límite
column-limit-value = Fijado en
column-meaning = Significado
column-needs = Necesita
column-next = Siguiente paso
column-official = Dicen las autoridades
column-owner = De quién
column-ownership = Gestionada por
column-person = Persona
column-place = Dónde
column-price = Precio a la semana
column-problems = Problemas
column-received = Recibido
column-relax = Si fuera más amplio
column-role = Función
column-rows = Filas
column-said = Dijo
column-seen = Última visita
column-signal = Señal
column-since = Desde
column-size = Cuánto
column-source = Fuente
column-state = Estado
column-target = Sobre
column-trend = Tendencia
column-version = Versión
column-weight = Peso
column-what = Qué
column-when = Cuándo
fault-missing = Escriba algo aquí
fault-number = Escriba un número, como 310
fault-date = Escriba un día, como 2026-12-01
fault-place = Escriba una localidad que exista, como Jannali NSW
fault-choice = Elija una de estas
fault-reason = Escriba un motivo, para que otros puedan entenderlo después
fault-list = Elija un archivo CSV con las columnas person, care, place, due, ceiling y distance
fault-list-rows = No se abrió nada: algunas filas no encajan. Están nombradas bajo la pregunta; corríjalas y envíe la lista otra vez
fault-password = Esta no es su contraseña
fault-password-short = Use al menos 12 caracteres
fault-sign-in = La cuenta y la contraseña no coinciden
fault-taken = Ya hay una cuenta con este nombre
fault-too-long = Es demasiado largo
field-q = Buscar
field-state = Estado
field-region = Estado o región
field-ownership = Gestionada por
field-heard = Con voces de residentes
field-kind = Tipo
field-owner = De quién
field-source = Fuente
field-cause = Causa
field-outside = Pruebas externas
field-account = Cuenta
field-password = Contraseña
field-password_now = Su contraseña actual
field-password_new = Su nueva contraseña
field-password_new-hint = Al menos 12 caracteres. Varias palabras se recuerdan mejor que signos.
field-role = Función
field-from = Desde
field-to = Hasta
field-until = Válido hasta
field-until-hint = Como mucho un año desde hoy. Vacío: un año.
field-person = ¿Quién necesita una plaza?
field-person-hint = El nombre, o el número que usa su oficina.
field-care = ¿Qué tipo de cuidado?
field-place = ¿Dónde vive la persona?
field-place-hint = Localidad y estado, como Jannali NSW. Las distancias se cuentan desde su centro.
field-due = ¿Para cuándo se necesita la plaza?
field-ceiling = ¿Cuánto puede costar a la semana?
field-distance = ¿A qué distancia puede estar?
field-wishes = ¿Qué desea la persona?
field-list = Lista de casos (CSV)
field-list-hint = Una fila por caso, con las columnas person, care, place, due, ceiling y distance.
field-note = Nota
field-objection = ¿A qué se opone la persona?
field-decision_reason = ¿Por qué esta residencia?
field-decision_reason-hint = Hace falta si elige otra que la primera. Queda en el expediente, no en la carta.
field-weights_reason = ¿Por qué otros pesos?
field-weights_reason-hint = Hace falta si un peso difiere de la tabla. Queda con el caso.
field-weight_official = Lo que dicen las autoridades
field-weight_community = Lo que dicen los residentes
field-weight_price = Precio
field-weight_distance = Distancia
field-signal_reason = ¿Por qué no importa?
field-outcome = ¿En qué quedó?
field-token_name = ¿Para qué es el testigo?
field-scopes = ¿Qué puede hacer?

## Primera página
first-title = Qué ha llegado y qué ha cambiado
first-waiting = Qué le espera
first-waiting-none = No le espera nada.
first-waiting-cases = { $count ->
    [one] caso suyo
   *[other] casos suyos
 }
first-waiting-free_cases = { $count ->
    [one] caso que aún no es de nadie
   *[other] casos que aún no son de nadie
 }
first-waiting-objections = { $count ->
    [one] oposición por responder
   *[other] oposiciones por responder
 }
first-waiting-pairs = { $count ->
    [one] par por juzgar
   *[other] pares por juzgar
 }
first-waiting-signals = { $count ->
    [one] señal abierta
   *[other] señales abiertas
 }
first-waiting-problems = { $count ->
    [one] fila que no encajó
   *[other] filas que no encajaron
 }
first-outside = Cuánto contaron las pruebas externas
first-outside-none = Aún no se ha abierto ningún caso. Cuando haya, aquí se verá cuántos usaron pruebas externas y cuántas veces cambiaron la elección.
first-outside-cases = Casos que usaron pruebas externas
first-outside-decisions = Decisiones que se apoyan en ellas
first-outside-changed = Decisiones que cambiaron
first-outside-of = { $part } de { $whole }
first-outside-changed-of = de { $whole } que se apoyan en ellas; sin ellas otra residencia habría ido primero
first-flow = Qué pasa por aquí
first-flow-sources = { $count ->
    [one] fuente
   *[other] fuentes
 }
first-flow-rows = { $count ->
    [one] fila
   *[other] filas
 }
first-flow-homes = { $count ->
    [one] residencia
   *[other] residencias
 }
first-flow-assessed = { $count ->
    [one] cifra evaluada
   *[other] cifras evaluadas
 }
first-flow-decisions = { $count ->
    [one] decisión
   *[other] decisiones
 }
first-flow-releases = { $count ->
    [one] conjunto de datos publicado
   *[other] conjuntos de datos publicados
 }
first-came-in = Qué ha llegado
first-came-in-none = Últimamente no ha llegado nada.
first-came-in-sources = Ver las fuentes
first-changed = Qué ha cambiado
first-changed-none = No ha cambiado nada.
first-changed-homes_assessed = { $count ->
    [one] Se evaluó de nuevo una residencia
   *[other] Se evaluaron de nuevo { $count } residencias
 }
first-changed-signals = { $count ->
    [one] Una señal nueva
   *[other] { $count } señales nuevas
 }
first-changed-pairs_linked = { $count ->
    [one] Una mención se unió a una residencia
   *[other] { $count } menciones se unieron a residencias
 }
first-changed-cases_to_review = { $count ->
    [one] Un caso recibió la tarea de mirarlo de nuevo
   *[other] { $count } casos recibieron la tarea de mirarlos de nuevo
 }
first-changed-ratings_changed = { $count ->
    [one] Cambió una calificación oficial
   *[other] Cambiaron { $count } calificaciones oficiales
 }

## Lista de trabajo
worklist-title = Lista de trabajo
worklist-new = Abrir un caso nuevo
worklist-none = Aún no hay casos.
worklist-none-filtered = Ningún caso cumple estos filtros.
worklist-choose = Elegir el caso de { $person }
worklist-no-date = sin fecha
worklist-days-left = { $days ->
    [0] hoy
    [one] queda un día
   *[other] quedan { $days } días
 }
worklist-days-over = { $days ->
    [one] un día de retraso
   *[other] { $days } días de retraso
 }
worklist-free = aún de nadie
worklist-claim = Tomar los casos elegidos
worklist-release = Devolver los casos elegidos
worklist-reason-overdue = con retraso
worklist-reason-due_soon = vence pronto
worklist-reason-signal = señal nueva
worklist-reason-objection = oposición
worklist-reason-waiting = en espera
case-state-active = En curso
case-state-completed = Decidido
case-state-terminated = Terminado sin decisión

## Caso
case-title = Plaza para { $person }
case-back = Lista de trabajo
case-owned = lo lleva { $owner }
case-next = Siguiente paso
case-needs = Qué se necesita
case-care = Tipo de cuidado
case-place = Vive en
case-due = Para cuándo
case-ceiling = Límite de precio
case-distance = Distancia
case-wishes = Deseos
case-wishes-none = No se nombró ninguno.
case-plan = Plan
case-plan-none = El plan no tiene pasos.
case-evidence = Pruebas
case-evidence-none = Aún no hay pruebas. Se añaden cuando se elige una residencia.
case-timeline = Qué ha pasado
case-people = Quién puede ver este caso
case-people-audit = Cada vez que alguien mira esta página queda anotado.
case-decided = Qué se decidió
case-decided-reason = Motivo para apartarse del orden:
case-letter = La carta
case-replay = Rehacer la decisión desde su expediente
case-note = Añadir una nota
case-note-save = Guardar la nota
case-objection = La persona se opone
case-objection-effect = El caso se abre de nuevo y en la lista de trabajo aparece la tarea de responder. Hasta entonces la decisión sigue en pie.
case-objection-save = Anotar la oposición
next-step-claim = Tomar este caso
next-step-choose_home = Ver las residencias que encajan
next-step-decide = Decidir
next-step-send_letter = Abrir la carta
next-step-answer_objection = Responder a la oposición
next-step-review_evidence = Ver qué ha cambiado
next-why-claim = Nadie trabaja aún en este caso.
next-why-choose_home = Se sabe lo que se necesita. Ahora hay que elegir una residencia.
next-why-decide = Se ha mirado una residencia. Ahora hay que decidir.
next-why-send_letter = Está decidido. Hay que decírselo a la persona.
next-why-answer_objection = La persona se opone a la decisión.
next-why-review_evidence = Lo que se sabe de la residencia ha cambiado desde que se eligió.
next-why-none = No queda nada por hacer.
plan-kind-stage = parte
plan-kind-task = tarea
plan-kind-milestone = hito
plan-state-available = Más tarde
plan-state-enabled = Posible
plan-state-active = Por hacer
plan-state-completed = Hecho
plan-state-terminated = Omitido
care-permanent = Cuidado permanente
care-respite = Cuidado por unas semanas
care-dementia = Cuidado con demencia
wish-government = Gestionada por el gobierno
wish-not_for_profit = Gestionada por una entidad sin ánimo de lucro
wish-for_profit = Gestionada por una empresa
wish-small = Una residencia pequeña
wish-near_family = Cerca de la familia
case-new-title = Un caso nuevo
case-new-intro = Solo lo necesario para encontrar una residencia. Todas las respuestas se pueden cambiar después.
case-new-open = Abrir el caso
case-new-list = Varios casos a la vez
case-new-list-intro = Si una fila no encaja, se nombra con su línea, y no se abre nada hasta que encajen todas.
case-new-list-open = Abrir los casos

## Residencias posibles
candidates-title = Residencias que encajan
candidates-left = { $left ->
    [one] Encaja una residencia de { $total }.
   *[other] Encajan { $left } residencias de { $total }.
 }
candidates-sure = { $home } es la mejor con una probabilidad de { $share }: el orden es bastante seguro.
candidates-likely = { $home } es la mejor con una probabilidad de { $share }: probable, no seguro.
candidates-close = { $home } va primero con una probabilidad de solo { $share }: varias son casi igual de buenas.
candidates-without = Sin lo que dicen los residentes, iría primero otra residencia:
candidates-rank = Puesto { $rank }
candidates-bars = Lo que dicen autoridades y residentes de { $home }, de 1 a 5
candidates-choose = Elegir esta residencia
candidates-choose-short = Elegir
candidates-none = Ninguna residencia cumple todos los límites
candidates-none-help = Abajo se ve cuántas residencias excluye cada límite, y qué traería uno más amplio.
candidates-limits = Los límites y lo que excluyen
candidates-relax = { $value }: { $count ->
    [one] una residencia más
   *[other] { $count } residencias más
 }
candidates-relax-none = no trae nada
candidates-all = Todas las residencias que encajan
candidates-compare = Comparar las residencias elegidas
candidates-compare-many = Se pueden comparar hasta cuatro residencias; se muestran las cuatro primeras.
candidates-compare-one = Comparar { $home }
candidates-compare-pick = Comparar
candidates-compared = Uno junto a otro
candidates-weights = Qué cuenta cuánto
candidates-weights-from = De 0 (nada) a 5 (lo máximo). La tabla de la oficina dice lo habitual: { $table }.
candidates-weights-differ = Estos pesos difieren de la tabla, porque:
candidates-table-says = La tabla dice { $value }.
candidates-rerank = Ordenar de nuevo
limit-care = Tipo de cuidado
limit-free_place = Plaza libre
limit-price = Precio
limit-distance = Distancia
limit-wishes = Deseos
limit-ownership = Gestionada por
ownership-government = el gobierno
ownership-not_for_profit = una entidad sin ánimo de lucro
ownership-for_profit = una empresa
ownership-unknown = no se sabe
size-small = pequeña
size-medium = mediana
size-large = grande
size-unknown = no se sabe
trend-rising = mejora
trend-falling = empeora
trend-steady = estable
trend-unknown = no se sabe lo suficiente

## Decisión
decision-title = Decidir por { $home }
decision-follows = Esta residencia va primero en el orden.
decision-departs = Va primero otra residencia: { $home }. Diga por qué elige esta.
decision-community-changed = Lo que dicen los residentes cambió el orden: sin ello iría primero { $home }.
decision-community-same = Lo que dicen los residentes no cambió cuál va primero.
decision-evidence = En qué se apoya
decision-evidence-pinned = Se guarda tal como está ahora, cambie lo que cambie después.
decision-evidence-none = No se apoya en pruebas externas.
decision-would-change = Qué la cambiaría
decision-would-change-none = Ninguna prueba por sí sola pondría primero a otra residencia.
decision-effect = Qué pasa ahora
decision-effect-record = La decisión se anota con todo aquello en que se apoya.
decision-effect-letter = Se hace una carta para la persona.
decision-effect-undo = Cabe oponerse a ella; nunca se borra.
decision-confirm = Decidir por { $home }
decision-back = Volver a las residencias

## Carta
letter-title = Su plaza en una residencia
letter-print = Esta página se imprime como carta.
letter-large = Letra grande
letter-normal = Letra normal
letter-reference = Nuestra referencia: { $reference }
letter-simulated = Esta carta es una demostración. La persona, el precio y las plazas libres son simulados.
letter-dear = Hola, { $person }:
letter-decided = Hemos elegido una residencia para usted:
letter-why = Por qué esta residencia
letter-outside = Qué dicen otros de ella
letter-outside-intro = También usamos información que no es nuestra:
letter-outside-none = No usamos información de fuera de nuestra oficina.
letter-outside-said = { $what }: { $figure }.
letter-sources = Esto viene de:
letter-licence = Licencia: { $licence }.
letter-object = Si no está de acuerdo
letter-object-how = Puede oponerse hasta el { $date }. Escriba a { $contact } o díganoslo en persona. No hace falta dar un motivo.
letter-object-then = Entonces una persona mira su caso de nuevo. Hasta entonces nada cambia para usted.
letter-person-decided = Esta decisión la tomó una persona. Un ordenador puso las residencias en orden; no decidió.
letter-greeting = Un saludo

## Residencias
homes-title = Residencias
homes-intro = Lo que publican las autoridades y lo que dicen los residentes, lado a lado.
homes-none = Ninguna residencia cumple estos filtros.
homes-unheard = { $count ->
    [one] De una residencia no habla nadie
   *[other] De { $count } residencias no habla nadie
 }
coverage-title = De qué residencias y regiones no habla nadie
coverage-intro = El silencio no es ni bueno ni malo. Muestra dónde merecería la pena preguntar.
coverage-whole = Residencias de las que se oye al menos una voz:
coverage-regions = Por región
coverage-owners = Por quién las lleva
column-homes = Residencias
column-share-heard = Con una voz
column-of-which = Dónde o de quién
column-silent = Nadie habla
heard-yes = Se dice lo bastante
heard-no = No se dice lo bastante
heard-silent = Nadie habla
home-provider = Empresa o entidad
home-size = Tamaño
home-said = Qué se dice de ella
home-said-none = Ni autoridades ni residentes han dicho nada aún.
home-no-official = Las autoridades no lo califican
home-no-community = Nadie ha hablado de esto
home-facts = Qué consta oficialmente
home-facts-none = No consta nada.
home-changed = Qué ha cambiado
home-changed-none = Aún no hay historia.
home-chart-title = { $home }, de 1 a 5 a lo largo del tiempo
home-chart-description = Escalones para las autoridades, una línea para los residentes, cada una con la franja en que probablemente está la verdad. Las cifras están debajo.
home-voices = Qué escribió la gente
home-voices-none = Nadie ha escrito sobre esta residencia.
home-voices-count = { $independent ->
    [one] Una voz independiente
   *[other] { $independent } voces independientes
 } en { $posts ->
    [one] una publicación
   *[other] { $posts } publicaciones
 }. Las publicaciones que son copias, o que llegaron en avalancha, cuentan como una voz.
home-voices-more = Más voces
home-where = Dónde está
home-timeline = Qué ha pasado en nuestros datos
home-records = Registros de esta residencia
voice-one-of = { $count ->
    [one] Una publicación
   *[other] { $count } publicaciones que cuentan como una voz.
 }
voice-because-copy = Dicen lo mismo casi con las mismas palabras.
voice-because-burst = Llegaron en poco tiempo, muchas más de lo habitual.
voice-because-same_account = Las escribió una sola cuenta.
voice-weight = Cuenta por { $share } de lo que dicen los residentes.
voice-cut = Se muestran { $shown } de { $total }.
aspect-overall = En conjunto
aspect-community = Lo que dicen los residentes
aspect-trend = Cómo va cambiando lo que dicen los residentes
aspect-food = Comida
aspect-safety = Seguridad
aspect-operation = Cómo se lleva
aspect-care_need = Cuidado cuando hace falta
aspect-competent = Personal capaz
aspect-independent = Ser independiente
aspect-explain = Explicar las cosas
aspect-respect = Respeto
aspect-follow_up = Dar seguimiento
aspect-caring = Personal amable
aspect-voice = Ser escuchado
aspect-home = Sentirse en casa
aspect-staff = Personal
aspect-care = Cuidado
aspect-staffing = Dotación de personal
aspect-quality = Medidas de calidad
aspect-quality_measures = Medidas de calidad
aspect-compliance = Cumplimiento de las normas
aspect-residents = Experiencia de los residentes
aspect-residents_experience = Experiencia de los residentes
aspect-penalties = Sanciones

## Fuentes
sources-title = Fuentes
sources-intro = De dónde vienen nuestros datos y cómo fue la última lectura.
sources-none = No hay ninguna fuente. Una fuente es un archivo en la carpeta sources de la oficina.
source-state-fine = bien
source-state-problems = algunas filas no encajaron
source-state-failed = falló
source-state-never = aún no leída
source-state-unchanged = nada nuevo
source-never = nunca
source-address = Dirección
source-connector = Se lee como
source-schedule = Se lee
source-intake = Qué entra
source-dataset = Llena
source-problems = { $count ->
    [0] ninguno
    [one] una fila no encajó
   *[other] { $count } filas no encajaron
 }
source-proved = En qué medida acertó
source-proved-none = Aún no se puede decir. Hacen falta decisiones cuyo resultado se conozca.
source-decisions = { $count ->
    [0] Ninguna decisión se apoya en ella.
    [one] Una decisión se apoya en ella.
   *[other] { $count } decisiones se apoyan en ella.
 }
source-jobs = Trabajo en curso
job-state-queued = en espera
job-state-running = en marcha
job-state-done = hecho
job-state-failed = falló
job-state-cancelled = cancelado
job-look = Leerla
job-replay = Leer de nuevo lo recibido
job-progress = { $done } de { $total }
job-again = Se intenta de nuevo el { $at }.
job-cancel = Cancelar
job-look-again = Ver de nuevo cómo va
source-runs = Cuándo se leyó
source-runs-none = Aún no se ha leído.
source-kept = Lo recibido se conserva.
source-mend = Corregir y leer de nuevo
source-mend-help = Cambie el archivo de correspondencias y lea de nuevo lo recibido. Las filas que ahora encajan entran; nada entra dos veces.
source-read-now = Leer ahora
source-replay = Leer de nuevo lo recibido
source-timeline = Qué ha pasado

## Revisión
review-title = ¿Son estos dos el mismo?
review-left = { $left ->
    [0] No queda ninguno por juzgar.
    [one] Queda un par por juzgar.
   *[other] Quedan { $left } pares por juzgar.
 } { $done ->
    [0] {""}
    [one] Hoy juzgó uno.
   *[other] Hoy juzgó { $done }.
 }
review-agreement = Quienes revisan coinciden en { $share } de los pares juzgados dos veces.
review-agreement-none = Se han juzgado dos veces muy pocos pares para saber cuánto coinciden quienes revisan.
review-last = Juzgado el último: { $last }
review-undo = Deshacer
review-none = No espera ningún par. Llegarán nuevos cuando se lea algo que pueda significar dos residencias.
review-machine = Calculado por programa: el mismo con una probabilidad de { $share }.
review-question = Qué dicen ambos
review-missing = nada
review-effect = Su respuesta cuenta enseguida para todo lo que se sigue de ella, y se puede retirar.
review-same = El mismo (s)
review-different = Distintos (d)
review-unsure = No sé (u)
review-speaks = Habla
review-speaks-strongly-for = muy a favor de que es el mismo
review-speaks-for = a favor de que es el mismo
review-speaks-neither = ni a favor ni en contra
review-speaks-against = en contra
review-speaks-strongly-against = muy en contra
grade-exact = igual
grade-close = casi igual
grade-different = distinto
grade-missing = no se sabe
grade-prior = una entre muchas
grade-misspelt = igual salvo un descuido
grade-only_its_place = solo se nombra su lugar
grade-only_its_kind = solo se nombra su tipo
grade-context = por lo que se dice alrededor
grade-in_name = parte del nombre
grade-elsewhere = se nombra otro lugar
grade-gaps = palabras separadas
grade-together = una junto a la otra
grade-in_text = nombrado en el texto
grade-instead_of_name = en lugar del nombre
compared-name = Nombre
compared-locality = Localidad
compared-suburb = Barrio
compared-provider = Empresa o entidad
compared-state = Estado
compared-size = Tamaño
compared-word = Palabra del nombre
compared-prior = Antes de mirar las palabras
compared-order = Palabras juntas
compared-place = Lugar
compared-region = Estado o región
compared-content = Texto
compared-title = Título
compared-published = Dicho el
compared-country = País
compared-other_names = Otros nombres
compared-ownership = Gestionada por
compared-author = Escrito por
compared-language = Idioma

## Señales
signals-title = Señales
signals-intro = Lo que se sale de lo normal. Alguien debería hacerse cargo.
signals-feed = Como canal
signals-none = Ninguna señal cumple estos filtros.
signal-title = { $kind }: { $home }
signal-noticed = Advertido
signal-chance = Probabilidad de que no sea nada
signal-do = Qué hacer con ella
signal-effect = { $count ->
    [0] Ningún caso en curso se decidió por esta residencia sin saber de ello.
    [one] Un caso en curso se decidió por esta residencia. Recibirá la tarea de mirarlo de nuevo.
   *[other] { $count } casos en curso se decidieron por esta residencia. Cada uno recibirá la tarea de mirarlo de nuevo.
 }
signal-told = { $count ->
    [one] Un caso ya sabe de ello.
   *[other] { $count } casos ya saben de ello.
 }
signal-listed = { $count ->
    [one] Solo figura el primero.
   *[other] Solo figuran los primeros { $count }.
 }
signal-others = Los demás están en la lista de trabajo.
signal-take = Tomarla
signal-tasks = { $count ->
    [one] Poner una tarea en un caso
   *[other] Poner una tarea en { $count } casos
 }
signal-dismiss = No importa
signal-dismiss-save = Descartar la señal
signal-settle = Está resuelta
signal-settle-save = Resolver la señal
signal-earlier = Anteriores
signal-earlier-none = No hubo ninguna.
signal-state-open = abierta
signal-state-taken = tomada
signal-state-dismissed = sin importancia
signal-state-settled = resuelta
signal-kind-community_fell = Los residentes están menos contentos
signal-kind-community_rose = Los residentes están más contentos
signal-kind-official_changed = Cambió la calificación oficial
signal-kind-disagreement = Residentes y autoridades no coinciden
signal-kind-coordination = Muchas publicaciones, pocas voces
signal-kind-filled_in = Valores que parecen rellenados
signal-means-community_fell = Lo que dicen los residentes bajó más de lo que explica el azar.
signal-means-community_rose = Lo que dicen los residentes subió más de lo que explica el azar.
signal-means-official_changed = La calificación oficial es otra que antes.
signal-means-disagreement = Lo que dicen los residentes y lo que publican las autoridades están más lejos de lo que ambos dudan.
signal-means-coordination = Las publicaciones se repiten o llegaron en avalancha. Cuentan como pocas voces.
signal-means-filled_in = Los mismos valores están en muchas filas. Parecen rellenados, no medidos.

## Datos
datasets-title = Datos
datasets-intro = Lo que tenemos y otros pueden usar. Los casos y las personas no se publican nunca.
datasets-catalog = El catálogo para programas
datasets-none = Aún no hay datos. Vienen de las fuentes.
dataset-older = Ve la versión { $version }.
dataset-newest = La más nueva es la versión { $version }
dataset-from = Viene de
dataset-used-in = Se usa en
dataset-used-in-none = nada aún
dataset-take = Llevárselo
dataset-rows = Filas
dataset-rows-none = Ninguna fila encaja.
dataset-columns = Columnas
dataset-versions = Versiones
column-type-text = texto
column-type-integer = número entero
column-type-number = número
column-type-flag = sí o no
column-type-date = día
column-type-timestamp = momento
row-title = Una fila de { $dataset }
row-open = Abrir la fila
row-from = De dónde viene
row-recorded = Llegó
row-received = Tal como se recibió
row-received-open = Los bytes como llegaron
row-about = Habla de
row-about-none = ninguna residencia que conozcamos

## Problemas
problems-title = Filas que no encajaron
problems-intro = No se pierde nada: lo recibido se conserva y entra cuando se arregla la causa.
problems-none = Todas las filas encajan.
problems-causes = Por causa
problems-rows = Las filas
problems-choose = Elija una causa para ver sus filas.
severity-note = La fila entró; alguien debería mirarla.
severity-value_left_out = La fila entró sin este valor.
severity-row_left_out = La fila no entró.
severity-file_left_out = El archivo no se pudo leer.
place-line = línea { $line }
place-record = fila { $record }
place-column = columna { $column }
cause-not_a_number = No es un número
cause-not_a_date = No es un día
cause-missing_key = Falta la clave
cause-duplicate_key = La misma clave dos veces
cause-missing_column = Falta una columna
cause-bad_encoding = Letras que no se pueden leer
cause-unreadable = No se puede leer

## Cuentas, auditoría, entrada
accounts-title = Cuentas
accounts-new = Una cuenta nueva
accounts-new-save = Crear la cuenta
account-closed = cerrada
account-never-seen = nunca
account-open = Abrir { $name } de nuevo
account-close = Cerrar { $name }
account-role-ask = Otra función para { $name }
account-role-save = Cambiar la función de { $name }
account-role-effect = Quien haya entrado con ella tiene que volver a entrar.
account-fixed-own = Es usted. Puede cambiarla otra persona que administre.
account-fixed-last = La última cuenta que administra se queda.
account-title = Su cuenta
account-password = Otra contraseña
account-password-save = Cambiar la contraseña
tokens = Testigos para programas
tokens-intro = Un programa con un testigo puede hacer lo que usted puede, y no más de lo que permita aquí.
tokens-none = No tiene testigos.
token-new = Su nuevo testigo. Solo se muestra esta vez:
token-until = Válido hasta el { $date }.
token-always = Válido sin fin.
token-used = Usado por última vez el { $date }.
token-unused = Sin usar.
token-withdraw = Retirar { $name }
token-make = Crear un testigo
role-administrator = Administración
role-steward = Cuidado de datos
role-analyst = Análisis
role-reviewer = Revisión
role-case_manager = Gestión de casos
role-none = Sin tarea
permission-read_open = Ver residencias, fuentes y datos
permission-work_signals = Trabajar con señales
permission-work_sources = Trabajar con fuentes y problemas
permission-judge = Juzgar pares
permission-read_cases = Ver casos
permission-work_cases = Trabajar en casos
permission-manage_accounts = Gestionar cuentas
permission-read_audit = Ver la auditoría
audit-title = Auditoría
audit-intro = Quién miró los datos de qué persona, y quién hizo qué.
audit-none = Nada cumple estos filtros.
audit-action-read = miró
audit-action-changed = cambió
audit-action-refused = no pudo abrir
audit-action-told = avisó de una señal
audit-kind-case = caso
audit-kind-worklist = lista de trabajo
audit-kind-page = página
audit-kind-audit = auditoría
audit-kind-account = cuenta
audit-kind-accounts = cuentas
sign-in-title = Entrar
sign-in-demo = Cuentas de esta demostración

## Cuando no funciona
refusal-sign-in = Entre primero
refusal-forbidden = Su función no lo permite
refusal-forged = Este formulario es demasiado antiguo
refusal-not-found = No existe esa página
refusal-invalid = Algo en el formulario no es correcto
refusal-malformed = No se pudo leer
refusal-conflict = Alguien se adelantó
refusal-against = Tal como están las cosas no se puede
refusal-too-many = Demasiados intentos
refusal-too-large = Es demasiado grande
refusal-too-slow = Llegó demasiado despacio
refusal-busy = Ahora mismo hay demasiado en marcha
refusal-method = Esta dirección no es para eso
refusal-internal = Aquí falló algo
refusal-do-sign-in = Después vuelve a esta página.
refusal-do-forbidden = Pregunte a quien gestiona las cuentas de su oficina. No se cambió nada.
refusal-do-forged = Vuelva atrás, abra la página de nuevo y envíelo otra vez. No se cambió nada.
refusal-do-not-found = Compruebe la dirección. Puede que se haya retirado, o que no le esté permitido saber de ello.
refusal-do-invalid = Vuelva atrás y cambie lo marcado. No se cambió nada.
refusal-do-malformed = Vuelva atrás, escríbalo de nuevo a mano y envíelo otra vez. No se cambió nada.
refusal-do-conflict = Abra la página de nuevo para ver cómo están las cosas. Lo que escribió no se guardó.
refusal-do-against = No se cambió nada.
refusal-do-too-many = Espere un minuto e inténtelo de nuevo.
refusal-do-too-large = Envíe un archivo más pequeño, o pártalo en varios.
refusal-do-too-slow = Compruebe su conexión y envíelo otra vez. No se cambió nada.
refusal-do-busy = Espere unos segundos e inténtelo de nuevo. No se cambió nada.
refusal-do-method = Vuelva atrás y use los botones de la página. No se cambió nada.
refusal-do-internal = No es culpa suya, y quedó anotado. Lo guardado antes se conserva. Inténtelo de nuevo en un minuto.
refusal-reference = Si nos escribe, nombre esto: { $reference }
refusal-first-page = A la primera página
against-own-account = Esta es su propia cuenta. Tiene que cambiarla otra persona que administre.
against-last-administrator = Es la última cuenta que administra. Cree otra primero.

## Lo que dice al hacer algo
access-owner = trabaja en el caso
candidates-map-title = Dónde están las residencias
candidates-map-description = Residencias que encajan, con las tres primeras marcadas. La tabla dice lo mismo.
dataset-version-made = hecho por una etapa
dataset-version-read = leído de { $what }
done-account-closed = La cuenta está cerrada.
done-account-made = La cuenta está creada.
done-account-opened = La cuenta vuelve a estar abierta.
done-account-role = La cuenta tiene ahora otra función.
done-case-opened = El caso está abierto.
done-case-taken = El caso es suyo.
done-cases-changed = Los casos están cambiados.
done-cases-opened = Los casos están abiertos.
done-decided = La decisión queda registrada. Esta es la carta.
done-judged = Su juicio queda registrado.
done-letter-sent = La carta consta como enviada.
done-noted = La nota está guardada.
done-objection = La objeción queda registrada y hay una tarea para responderla.
done-password-changed = Su contraseña está cambiada.
done-replayed = Calculada de nuevo solo a partir de su registro, la decisión sale igual.
done-signal-dismissed = La señal queda descartada.
done-signal-settled = El resultado queda registrado.
done-signal-tasks = Los casos tienen la tarea de mirarlo de nuevo.
done-signal-tasks-none = No había que avisar a ningún caso: todos saben de ello.
done-signal-taken = La señal es suya.
done-job-cancelled = El trabajo está cancelado. Se conserva lo que ya estaba hecho.
done-job-ended = El trabajo ya había terminado.
done-source-queued = La fuente se leerá en un momento.
done-source-waiting = La fuente ya espera a ser leída.
done-token-withdrawn = La clave está retirada.
done-weights = Las residencias están en otro orden.
done-withdrawn = Su juicio está retirado.
fact-free-places = Plazas libres: { $care }
fault-account-name = Use de 3 a 40 minúsculas, cifras y guiones
fault-moved-on = Algo en lo que se apoya el orden ha cambiado. Mire de nuevo las residencias antes de decidir.
fault-token-days = Elija un día desde mañana hasta dentro de un año
filter-any = Todas
flip-item = Sin { $what }, la primera sería { $home }.
flip-source = Sin la fuente { $source }, la primera sería { $home }.
home-map-title = Dónde está { $home }
home-map-description = En { $place }.
homes-map-title = Dónde están estas residencias
homes-map-description = Residencias de la lista; las cercanas van juntas con su número. La lista dice lo mismo.
limit-dropped = sin este límite
list-line = Línea
letter-send = La carta está enviada
letter-reason-better = Es mejor que la mayoría en esto: { $what }.
letter-reason-similar = Es más o menos como la mayoría en esto: { $what }.
letter-reason-worse = Es más floja que la mayoría en esto: { $what }. Otras cosas contaron más.
series-official-on = Oficial, { $day }
source-intake-all = Entran todas las filas; las que no encajan aparecen como problemas.
source-schedule-asked = cuando alguien lo pide
source-schedule-hours = cada { $hours } horas
worklist-nobody = nadie
criterion-community = lo que dicen los residentes
criterion-overall = la nota oficial general
criterion-staffing = el personal
criterion-compliance = el cumplimiento de las normas
criterion-quality = la calidad medida
criterion-distance = la distancia
criterion-price = el precio
criterion-trend = cómo evoluciona
field-country = País
field-weight_overall = Nota oficial general
field-weight_staffing = Personal
field-weight_compliance = Cumplimiento de las normas
field-weight_quality = Calidad medida
field-weight_trend = Cómo evoluciona
plan-event-start = Por hacer
plan-event-complete = Hecho
plan-event-occur = Alcanzado
plan-event-exit = Descartado
plan-item-intake = Entender qué hace falta
plan-item-search = Buscar una residencia
plan-item-decision = Decidir
plan-item-follow_up = Después
plan-item-check_need = Comprobar qué hace falta
plan-item-choose_candidates = Mirar las residencias que encajan
plan-item-relax_limits = Aflojar los límites con la persona
plan-item-decide = Decidir
plan-item-send_letter = Enviar la carta
plan-item-review_at_six_weeks = Preguntar de nuevo a las seis semanas
plan-item-review_after_objection = Responder a la objeción
plan-item-look_again = Mirar lo que cambió
plan-item-placed = Con plaza
plan-item-letter_sent = Carta enviada
plan-item-decision_made = Decisión tomada
plan-item-objection_received = Objeción recibida
plan-item-candidate_signalled = Algo cambió en una residencia
plan-item-placement = El caso
timeline-opened = Caso abierto
timeline-claimed = Caso asumido
timeline-released = Caso devuelto
timeline-noted = Nota
timeline-weights = Otros pesos elegidos
timeline-decided = Decidido
timeline-letter_sent = Carta enviada
timeline-signal = Ver la señal
timeline-signalled = Algo cambió en la residencia elegida
timeline-objected = Objeción
verdict-same = lo mismo
verdict-different = distintos
verdict-unsure = no se sabe
