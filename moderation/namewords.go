package moderation

import "strings"

var (
	// titles stand in front of a surname. workTitles are those of people who are met
	// through their work, and so found by it.
	titles     = newWordSet("dr doctor nurse midwife consultant mr mrs miss ms mx prof professor sister surgeon matron sonographer registrar reverend rev vicar pastor father canon imam rabbi sir lady lord dame cpl corporal sgt sergeant pc constable detective inspector captain major lieutenant cllr councillor headteacher teacher solicitor barrister paramedic counsellor landlord physio radiographer coroner")
	workTitles = newWordSet("dr doctor nurse midwife consultant mr miss ms mrs prof professor sister surgeon matron sonographer registrar pc sgt sergeant constable detective inspector teacher headteacher solicitor paramedic counsellor coroner")
	// byName says that the full name behind it is to be looked for or written to.
	byName = newWordSet("search google find ask called named name surname names signature author known introduces letters cards flowers contact address addressed solicitor " +
		"landlord neighbour teacher manager boss headteacher coroner registrar bailiff officer paramedic caller volunteer caseworker lives works teaches manages " +
		"counsellor therapist inquest defendant cousin colleague girl boy woman man bloke lad chap nurse midwife doctor consultant surgeon sonographer employer worker reporter journalist " +
		"councillor driver attacker rapist ex cut certificate cert register registered caretaker receptionist upstairs downstairs pastor vicar priest undertaker bully reference")
	// findable names the places and offices by which somebody with a full name is found.
	findable = newWordSet("goes hospital ward infirmary surgery school college academy nursery clinic church trust practice maternity royal general epu epau nicu scbu " +
		"juniors infants primary secondary sixth playgroup preschool university uni pta ambulance station depot office bank shop salon library council court " +
		"police prison station barracks base club team gym works employed churchyard cemetery crematorium plaque village desk reception hotel pub cafe class reception " +
		"year form inquest coroner coroners echo gazette herald gofundme justgiving facebook insta instagram linkedin strava linkedin hall street road lane avenue factory warehouse " +
		"hospice care home parish dentist chemist pharmacy estate neighbour upstairs downstairs scouts brownies beavers ltd")
	// blame says that a writer holds something against somebody.
	blame = newWordSet("ignored ignore refused refuse refuses laughed killed negligent negligence liar lied lying lies useless struck avoid complain complained complaint " +
		"reported report sue suing shame name fault disgrace disgraceful bully bullied bullying bitch evil screams screamed accused accuses fobbed touched hit rude dismissed shouted incompetent botched missed missing " +
		"reviews guilty responsible stole robbed cheated cheating predator nonce hurt hates threatened stalker scammer abusive awful dangerous butcher sacked fired")
	// works of others, by which a name is no private one.
	worksOf = newWordSet("by book books novel poem poems poet author song songs album sings sang sung singer reading read film films movie podcast podcasts played band actor actress " +
		"programme series documentary footballer quote said quoted watching listening listen watched lyrics painting character biography memoir hymn theme brand interview tour concert gig")
	knownPeople = func() map[string]struct{} {
		m := map[string]struct{}{}
		for n := range strings.SplitSeq("beatrix potter,harry potter,peter rabbit,joan didion,michael rosen,taylor swift,ed sheeran,eric clapton,elton john,zoe clark,elle wright,"+
			"julia samuel,megan devine,kate bush,amy winehouse,freddie mercury,george michael,robbie williams,david bowie,michelle obama,meghan markle,kate middleton,gary lineker,"+
			"john lewis,peppa pig,mary poppins,emma bridgewater,laura ashley,johnny cash,dolly parton,billy joel,bob dylan,paul simon,jo malone,kim kardashian,chrissy teigen,david attenborough,"+
			"mo farah,alan shearer,holly willoughby,phillip schofield,jeremy kyle,martin lewis,adam kay,cathy rentzenbrink,rob delaney,nick cave,max porter,jane austen,emily dickinson,"+
			"mary oliver,christina rossetti,winston churchill,queen elizabeth,princess diana,jesus christ,donna ockenden,lucy letby,julia donaldson,michael bond,enid blyton,roald dahl,jacqueline wilson,"+
			"james bond,sherlock holmes,postman pat,fireman sam,mickey mouse,donald trump,boris johnson,keir starmer,king charles,prince harry,prince william,victoria wood,alan titchmarsh,"+
			"ken bruce,jeremy vine,steve wright,terry wogan,bruce forsyth,ant dec,graham norton,louis theroux,stephen fry,stephen king,agatha christie,charles dickens,maggie o'farrell,"+
			"whitney houston,michael jackson,amy grant,leonard cohen,nina simone,van morrison,rod stewart,lewis capaldi,sam smith,harry styles,olivia rodrigo,katy perry,jack daniels,"+
			"ann summers,scooby doo,bee gees,leeds united,eva cassidy,miriam margolyes,dorothy perkins,marie curie,florence nightingale,anne frank,winnie pooh,tiggy winkle,mrs tiggy,jemima puddle,charlie brown,bob builder,thomas tank,helen keller,"+
			"anne lamott,nora mcinerny,elizabeth gilbert,sheryl sandberg,david kessler,alice walker,maya angelou,virginia woolf,sylvia plath,wendy cope,simon armitage,carol duffy,"+
			"vera lynn,cilla black,cliff richard,tom jones,barry white,barry manilow,neil diamond,neil young,tina turner,diana ross,stevie wonder,paul mccartney,john lennon,ringo starr,"+
			"alan turing,isaac newton,marie kondo,joe wicks,mary berry,jamie oliver,nigel slater,delia smith,gordon ramsay,paul hollywood,martin clunes,olivia colman,judi dench,helen mirren", ",") {
			m[n] = struct{}{}
		}
		return m
	}()
	particles = newWordSet("de da di del la le van von der den ní ni nic mac mc ó o al el bin ibn ap st saint dos du")
)
