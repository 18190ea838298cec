/* demo_names.c - the words that invented practices are made of. */
#include "app/demo_int.h"

#define NAMES(name, ...) \
	static const char *const name##_items[] = { __VA_ARGS__ }; \
	const struct demo_names demo_##name = { name##_items, COUNT(name##_items) }

NAMES(given_women, "Camille", "Léa", "Chloé", "Manon", "Inès", "Zoé", "Héloïse", "Maëlle", "Anaïs",
    "Éléonore", "Françoise", "Geneviève", "Marie-Thérèse", "Anne-Sophie", "Marie-Hélène", "Aïcha",
    "Fatoumata", "Nadège", "Solène", "Gwenaëlle", "Océane", "Jeanne", "Louise", "Margaux", "Agnès",
    "Brigitte", "Céline", "Delphine", "Élise", "Frédérique", "Joëlle", "Karine", "Lucie", "Mathilde",
    "Noémie", "Odile", "Pauline", "Rachel", "Sabine", "Thérèse", "Valérie", "Yasmine", "Nour",
    "Linh", "Ana", "Bérénice", "Capucine", "Emma", "Jade", "Rose");
NAMES(given_men, "Loïc", "Jérôme", "François", "Maël", "Noël", "Rémi", "Théo", "Raphaël", "Gaël",
    "Jean-Baptiste", "Jean-Luc", "Pierre-Yves", "Étienne", "Aurélien", "Sébastien", "Mickaël",
    "Mamadou", "Karim", "Youssef", "Hugo", "Lucas", "Gabriel", "Arthur", "Jules", "Adam", "Malo",
    "Ewen", "Tristan", "Bastien", "Clément", "Damien", "Émile", "Fabrice", "Gérard", "Hervé",
    "Ismaël", "Kévin", "Laurent", "Marcel", "Nicolas", "Olivier", "Patrice", "Quentin", "Régis",
    "Sylvain", "Thibault", "Ulysse", "Vincent", "Xavier", "Yann");
NAMES(families, "Martin", "Bernard", "Lefèvre", "Moreau", "Le Goff", "Le Bihan", "de La Tour", "d'Almeida",
    "Dupré-Latour", "Garnier", "Chevalier", "Guérin", "Hélary", "Kerbrat", "Benoît", "Fontaine",
    "N'Diaye", "Traoré", "Benali", "El Amrani", "Nguyen", "da Silva", "Pérez", "Rousseau", "Blanchet",
    "Mahé", "Cadiou", "Lemaître", "Poulain", "Briand", "Rivière", "Dumoulin", "Vasseur", "Delacroix",
    "Saint-Martin", "Petit-Jean", "Lacoste", "Marchand", "Gautier", "Berthelot", "Charrier", "Boucher",
    "Joly", "Renaud", "Fleury", "Perrin", "Caron", "Leclère", "Besnard", "Hubert", "Maillard",
    "Brunet", "Chauvin", "Coulibaly", "Haddad", "Kowalski", "Santini", "Etcheverry", "Schmitt",
    "Van den Berghe", "Vaillant", "Texier", "Normand", "Pineau", "Ollivier", "Bodin", "Thébaud",
    "Grandjean", "Aubry", "Collin", "Desmarais", "Évrard", "Ferrand", "Gicquel", "Huet", "Imbert",
    "Jaouen", "Lebrun", "Morvan", "Noël");
NAMES(streets, "rue des Tilleuls", "rue de la Fontaine", "avenue des Marronniers", "place du Marché",
    "rue du Général-de-Gaulle", "boulevard de l'Océan", "allée des Érables", "quai de la Fosse",
    "rue Jean-Jaurès", "chemin des Écoliers", "rue de l'Église", "impasse du Moulin", "cours Victor-Hugo",
    "rue Marie-Curie", "avenue de la Gare", "rue des Trois-Frères", "place de la République",
    "rue du Pré-Vert", "route de Saint-Étienne", "rue Simone-Veil");
NAMES(places, "des Tilleuls", "du Parc", "des Glycines", "de l'Étoile", "du Vieux-Port", "des Lilas",
    "de la Rivière", "du Grand-Chêne", "des Remparts", "de la Croix-Rousse", "des Quatre-Vents",
    "de l'Horloge", "du Moulin-Rouge", "des Cèdres", "de la Baie", "du Belvédère", "des Capucins",
    "de l'Orangerie", "du Château", "des Sablons");
/* For passwords that a person can type: ASCII, five to eight letters, told apart by ear. */
NAMES(words, "abricot", "balcon", "bruyere", "cabane", "cerise", "colline", "crayon", "dauphin", "domino",
    "ecureuil", "fauteuil", "flamme", "fougere", "galet", "girafe", "hamac", "herisson", "jardin",
    "jonquille", "lanterne", "lavande", "lucarne", "marmite", "melodie", "mouette", "muguet", "noisette",
    "nuage", "olivier", "ombrelle", "panier", "pelican", "pivoine", "plume", "potager", "prairie",
    "ruisseau", "sablier", "sentier", "sirop", "sureau", "tambour", "tilleul", "tortue", "tournesol",
    "vallon", "velours", "verger", "violon", "voilier", "wagon", "zephyr", "boussole", "chaloupe",
    "clairiere", "figuier", "guitare", "kiosque", "mandarine", "moutarde", "papillon", "rivage",
    "saladier", "traineau");

const struct demo_commune demo_communes[] = {
	{ "44000", "Nantes" }, { "44100", "Nantes" }, { "44200", "Nantes" }, { "44300", "Nantes" },
	{ "44400", "Rezé" }, { "44800", "Saint-Herblain" }, { "44600", "Saint-Nazaire" },
	{ "44120", "Vertou" }, { "44230", "Saint-Sébastien-sur-Loire" }, { "44700", "Orvault" },
	{ "35000", "Rennes" }, { "35400", "Saint-Malo" }, { "29000", "Quimper" }, { "29200", "Brest" },
	{ "56000", "Vannes" }, { "56100", "Lorient" }, { "22000", "Saint-Brieuc" }, { "49000", "Angers" },
	{ "72000", "Le Mans" }, { "53000", "Laval" }, { "85000", "La Roche-sur-Yon" },
	{ "79000", "Niort" }, { "17000", "La Rochelle" }, { "86000", "Poitiers" }, { "37000", "Tours" },
	{ "41000", "Blois" }, { "45000", "Orléans" }, { "28000", "Chartres" }, { "18000", "Bourges" },
	{ "36000", "Châteauroux" }, { "87000", "Limoges" }, { "23000", "Guéret" }, { "19000", "Tulle" },
	{ "19100", "Brive-la-Gaillarde" }, { "24000", "Périgueux" }, { "33000", "Bordeaux" },
	{ "33600", "Pessac" }, { "40000", "Mont-de-Marsan" }, { "64000", "Pau" }, { "64100", "Bayonne" },
	{ "65000", "Tarbes" }, { "32000", "Auch" }, { "31000", "Toulouse" }, { "81000", "Albi" },
	{ "82000", "Montauban" }, { "46000", "Cahors" }, { "12000", "Rodez" }, { "09000", "Foix" },
	{ "66000", "Perpignan" }, { "11000", "Carcassonne" }, { "34000", "Montpellier" },
	{ "30000", "Nîmes" }, { "48000", "Mende" }, { "13001", "Marseille" }, { "13100", "Aix-en-Provence" },
	{ "83000", "Toulon" }, { "06000", "Nice" }, { "04000", "Digne-les-Bains" }, { "05000", "Gap" },
	{ "84000", "Avignon" }, { "26000", "Valence" }, { "07000", "Privas" }, { "38000", "Grenoble" },
	{ "73000", "Chambéry" }, { "74000", "Annecy" }, { "69001", "Lyon" }, { "69100", "Villeurbanne" },
	{ "42000", "Saint-Étienne" }, { "43000", "Le Puy-en-Velay" }, { "63000", "Clermont-Ferrand" },
	{ "15000", "Aurillac" }, { "03000", "Moulins" }, { "58000", "Nevers" }, { "71000", "Mâcon" },
	{ "01000", "Bourg-en-Bresse" }, { "39000", "Lons-le-Saunier" }, { "25000", "Besançon" },
	{ "90000", "Belfort" }, { "70000", "Vesoul" }, { "21000", "Dijon" }, { "89000", "Auxerre" },
	{ "10000", "Troyes" }, { "52000", "Chaumont" }, { "88000", "Épinal" }, { "68000", "Colmar" },
	{ "68100", "Mulhouse" }, { "67000", "Strasbourg" }, { "57000", "Metz" }, { "54000", "Nancy" },
	{ "55000", "Bar-le-Duc" }, { "51100", "Reims" }, { "08000", "Charleville-Mézières" },
	{ "02000", "Laon" }, { "80000", "Amiens" }, { "59000", "Lille" }, { "59100", "Roubaix" },
	{ "62000", "Arras" }, { "60000", "Beauvais" }, { "76000", "Rouen" }, { "76600", "Le Havre" },
	{ "27000", "Évreux" }, { "14000", "Caen" }, { "61000", "Alençon" }, { "50000", "Saint-Lô" },
	{ "50100", "Cherbourg-en-Cotentin" }, { "75011", "Paris" }, { "92000", "Nanterre" },
	{ "93200", "Saint-Denis" }, { "94000", "Créteil" }, { "78000", "Versailles" },
	{ "91000", "Évry-Courcouronnes" }, { "95000", "Cergy" }, { "77000", "Melun" },
	{ "20000", "Ajaccio" }, { "20200", "Bastia" },
};
const size_t demo_communes_n = COUNT(demo_communes);

#define CARD	"Apportez votre carte Vitale et, si vous en avez, vos derniers résultats."

const struct demo_specialty demo_specialties[] = {
	{ "Médecin généraliste", "Dr", 0, NULL, NULL, {
	    { "Consultation", 20, 0, 1, 60, true, false, false, 0, CARD },
	    { "Première consultation", 30, 0, 1, 12, true, false, false, 2, CARD },
	    { "Vaccination", 15, 0, 1, 12, true, false, false, 1,
	    "Apportez le vaccin, le carnet de santé et la carte Vitale." },
	    { "Téléconsultation", 15, 0, 1, 10, true, false, false, 7, "" },
	    { "Certificat de sport", 20, 0, 1, 6, true, false, false, 3, "Venez en tenue souple." } } },
	{ "Masseur-kinésithérapeute", "", 1, "Plateau technique", NULL, {
	    { "Séance de rééducation", 30, 0, 1, 70, true, true, false, 0,
	    "Apportez l'ordonnance et une serviette." },
	    { "Bilan initial", 45, 5, 1, 20, true, false, false, 2, "Apportez l'ordonnance et vos radios." },
	    { "Kinésithérapie respiratoire", 20, 0, 1, 10, false, false, false, 1, "" },
	    { "Gymnastique du dos (groupe)", 60, 0, 6, 0, true, false, false, 7,
	    "Tenue souple et bouteille d'eau." } } },
	{ "Sage-femme", "", 0, "Salle d'échographie", "Échographe", {
	    { "Suivi de grossesse", 30, 0, 1, 45, true, false, false, 0, CARD },
	    { "Suivi gynécologique", 30, 0, 1, 30, true, false, false, 2, CARD },
	    { "Échographie", 30, 5, 1, 15, true, true, true, 1, "Apportez les examens précédents." },
	    { "Visite postnatale", 45, 0, 1, 10, false, false, false, 3, "" },
	    { "Préparation à la naissance (groupe)", 90, 0, 8, 0, true, false, false, 7,
	    "Les deux parents sont les bienvenus." } } },
	{ "Infirmière diplômée d'État", "", 2, NULL, NULL, {
	    { "Prise de sang", 10, 5, 1, 45, true, false, false, 3, "Venez à jeun." },
	    { "Pansement", 20, 0, 1, 30, true, false, false, 0, "Apportez l'ordonnance." },
	    { "Injection", 10, 0, 1, 25, true, false, false, 1, "Apportez le produit et l'ordonnance." } } },
	{ "Chirurgien-dentiste", "Dr", 1, "Fauteuil", "Radiographie", {
	    { "Contrôle", 20, 5, 1, 35, true, true, false, 0, CARD },
	    { "Détartrage", 30, 5, 1, 25, true, true, false, 1, "" },
	    { "Soin", 45, 5, 1, 25, false, true, false, 2, "" },
	    { "Panoramique", 15, 5, 1, 5, false, true, true, 7, "" },
	    { "Urgence", 20, 5, 1, 10, true, true, false, 3, "" } } },
	{ "Psychologue", "", 1, NULL, NULL, {
	    { "Première rencontre", 60, 10, 1, 20, true, false, false, 2, "" },
	    { "Entretien", 45, 10, 1, 80, true, false, false, 0, "" } } },
	{ "Ostéopathe", "", 1, NULL, NULL, {
	    { "Consultation", 45, 5, 1, 75, true, false, false, 0, "Tenue souple." },
	    { "Nourrisson", 40, 5, 1, 25, true, false, false, 1, "Apportez le carnet de santé." } } },
	{ "Orthophoniste", "", 1, NULL, NULL, {
	    { "Bilan", 60, 0, 1, 15, false, false, false, 2, "Apportez l'ordonnance." },
	    { "Séance", 30, 0, 1, 85, true, false, false, 0, "" } } },
	{ "Pédicure-podologue", "", 1, NULL, NULL, {
	    { "Soin de pédicurie", 30, 5, 1, 60, true, false, false, 0, "" },
	    { "Bilan et semelles", 45, 5, 1, 40, true, false, false, 1,
	    "Apportez vos chaussures habituelles." } } },
};
const size_t demo_specialties_n = COUNT(demo_specialties);
