package moderation

// firstNames are common first names in the UK. The list decides nothing alone.
var firstNames = newWordSet(`
		aaron abbie abdul abigail adam adrian ahmed aisha alan alex alexander alexandra ali alice alison amanda amelia
		amina amy andrea andrew angela ann anna anne anthony ashley ava barbara becky ben benjamin beth bethany bridget
		callum carl carol caroline catherine charlotte cheryl chloe chris christine christopher claire clare colin connor
		craig daisy daniel danielle darren dave david dawn dean deborah debbie declan denise diane donna dorothy duncan
		eilidh elaine eleanor elizabeth ella ellie emily emma erin ethan eva evie farah fatima fiona fran frances gareth
		gary gemma geoff george georgia gillian gordon graham grant hannah harriet harry hayley heather heidi helen
		henry holly ian imogen iona isla isobel ivan jack jackie jacob jacqueline jade jake james jamie jan jane janet
		janice jason jean jemma jenna jennifer jenny jessica jill jo joan joanna joanne joe john jonathan jordan joseph
		josh joshua joyce judith julia julie karen kate katherine kathleen kathryn katie kayleigh keith kelly kenneth
		kerry kevin kieran kim kirsty kyle laura lauren leah leanne lee leon lesley lewis liam linda lindsay lisa liz
		lorraine louise lucy luke lydia lynn lynne maisie malcolm marc marcus margaret maria marie mark martin mary
		matt matthew maureen megan mel melanie melissa michael michelle mike millie mohammed mohammad molly morgan
		muhammad nadia natalie natasha nathan neil niamh nick nicola nicole nigel nina oliver olivia omar owen pamela
		patricia patrick paul paula pauline pete peter philip phillip phoebe poppy priya rachael rachel raj rebecca
		rhiannon richard rob robert robin roger ros rosie roy russell ruth ryan sally sam samantha samuel sandra sara
		sarah scott sean shannon sharon shaun sheila shirley sian simon siobhan sonia sophia sophie stacey stephanie
		stephen steve steven stuart sue susan suzanne sylvia tamsin tanya tara teresa tessa thomas tim timothy tina tom
		tony tracey tracy valerie vanessa victoria vikki wayne wendy william yasmin yvonne zara zoe
		adele agnes aileen alana albert alec alfie alistair amir anika anita anjali annabel annette archie ariana arthur
		ashleigh asha aurora bailey barry beatrice bella bernadette beverley bilal bonnie bradley brandon brenda brian
		bronwyn bruce bryony caitlin cameron carly carmen carolyn cathy cerys chantelle charlene charles charlie chelsea
		cherie cindy clara clive corinne courtney danny daphne darcy demi derek dominic doreen doris dylan edith edward
		eileen elena elisa elliot elsie esther fern florence francesca freddie freya gail gavin gerald geraldine giles gina
		glenn gloria greg gwen hamza harvey hugh hugo ibrahim imran ingrid irene isaac isabel isabelle isaiah jacqui janet
		janine jasmine jeanette jeremy jerome jessie joel josephine josie judy justin kara karl kate kathy katrina kayla
		keira kelsey kiran kirsten kyra lara layla leila lena leonard leroy logan lola lorna louis luca lucas lucia mabel
		maggie mandy maya meera mia millicent miriam mohamed moira mona muriel nadine naomi natalia nikki noah norah norma
		oscar paige pam patsy penelope philippa pippa polly rajesh ravi reece reuben rhian rita roisin ronan rosalind
		rosemary rowan roxanne rupert sabrina sadia saira sanjay saoirse seth shabana shane sheena simone sinead sonya
		sunita susannah tabitha tanisha tariq thea theo theresa tiffany toby trevor trisha tyler usman vera veronica vicky
		vincent vivien wilfred winifred xavier yusuf zainab zachary
		agatha agnieszka ainsley alasdair aleksandra alesha alexis alicia alma alyssa amber amelie amira ana
		anastasia angus anisa annie anya ariel arlo arran astrid athena aubrey audrey augusta ayesha aysha barnaby
		benedict bertie bess betty beulah billie billy blake blodwen bobby bram brandi bria briony brooke bryn byron
		cara carla carlos carrie casey cassandra cassie catrin cecilia celeste chantal chiara chidi chinedu
		christian christina christy cian ciara clarissa claude claudia clementine clifford clyde cody colette connie
		constance cora corey cynthia cyril dafydd damian damien danika darius daryl davina deanna deepa deirdre
		della denis dennis desmond diana dilys dominique dougie dwayne ebony edmund edna edwin efua eleri elijah
		eliza elliott elodie eloise elsa elspeth emilia emmanuel emmeline enid eric erica erik ernest esme esteban
		estelle euan eugene evan eve evelyn ezekiel ezra faye felicity felix ferdinand ffion finlay finn flora
		florian folasade frankie fraser fred frederick fredrick gabriel gabriella gabrielle gaynor genevieve gethin
		gilbert giovanni glenda glenys gordana grainne greig greta griff gwendolyn gwyneth hamish hanna harley
		harold harrison hattie hazel hector hilary hilda horace howard huw hywel ifan ike ines inez irina iris
		isadora isha ishaan isobelle ivor ivy jacinta jackson jada jaden jai jakub janette jared jasper javier jay
		jayden jayne jeff jeffrey jermaine jerry jess jodie johanna johannes johnny jolene jon jonah jorge jose juan
		juanita jude julian julianne juliet juliette kai kamal kareem karim karina karolina kasia katarzyna katerina
		katja kay keeley keir kelvin kenny khadija kian krishna kristen kristin krystal krzysztof lachlan lana lance
		larissa latoya laurel laurence lawrence leanna leo leonie leslie lewys libby lilian lillian lily linus
		lionel llinos lois lonnie loretta lottie lowri lucille luis luisa lukasz luther lyndsey mabli macy maddison
		madeleine madison magdalena mahmoud maire mairi mal malachy malgorzata malik mara marcel marcia margery
		margot marguerite mariam marian marianne marilyn mario marion marjorie marlene marsha marta martha martina
		marvin marwa mathew mathilda matilda matteo maud maurice mavis maxine maxwell melody meredith merle mhairi
		micah michaela michal mikaela mildred milo minnie mitchell mohamad mohamud monique monty morag morgana
		morwenna moses moshe muhammed murdo murray musa myfanwy myra myrtle nabila nadir nahid nancy nasreen natalya
		nathalie nathaniel ned nell nellie nerys ngozi nia niall nichola nicholas nicolas nikolai nils nita noel
		nora noreen nuala odette oisin ola olga olive ollie olwen ophelia orla orlaith osian otis ottilie otto
		padraig pascal peggy percy perpetua perry petra philomena pierre piotr preston primrose priscilla priyanka
		quentin rafael rafferty ramona randall raquel rashid raymond rhodri rhona rhys ricardo rick ricky rishi
		roberta roberto rocco rochelle roderick rodney rohan roland roman romilly ronald ronnie rory rosa rosalie
		rosemarie ross roxana ruby rudy rufus ruthie sadie saffron safiya sal salim sana sandeep sanjeev santiago
		sasha saul sebastian selina serena sergio shauna shaw shay shelley sheryl shreya sidney sienna silas silvia
		simran sinclair skye solomon sorcha spencer stan stanislaw stanley stefan stella sunil suresh svetlana sybil
		syed sylvie tallulah tamara tania tatiana taylor ted terence terry thelma theodora theodore thomasina tia
		tiana tilda tilly tomasz toni tonya tristan trudy tunde una ursula valentina velma verity vernon vijay
		vikram viola violet virginia vivian vivienne vladimir walter warren wilf wilhelmina willa winston wojciech
		yasmina yolanda yusra yvette zach zack zahra zak zeinab zelda zuzanna`)
